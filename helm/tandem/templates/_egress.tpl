{{- define "tandem.dnsEgress" -}}
# Names.
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end -}}

{{/* Where the router goes outside this chart: engines, Redis, the collector of traces, a server of embeddings. Of each
the port is known; who has it only the operator knows. */}}
{{- define "tandem.outsideEgress" -}}
{{- range $tier, $spec := .Values.tiers -}}
{{- if and $spec (not (dig "engine" "enabled" false $spec)) }}
{{- range $spec.external }}
# The tier {{ $tier }}: {{ .url }}
- ports:
    - {port: {{ include "tandem.portOf" .url }}, protocol: TCP}
{{- end }}
{{- end }}
{{- end }}
{{- if eq .Values.redis.mode "bundled" }}
# Redis.
- ports:
    - {port: 6379, protocol: TCP}
  to:
    - podSelector:
        matchLabels:
          {{- include "tandem.selector" . | nindent 10 }}
          app.kubernetes.io/component: redis
{{- else if eq .Values.redis.mode "external" }}
# Redis.
- ports:
    - {port: {{ .Values.redis.external.port }}, protocol: TCP}
  {{- with .Values.redis.external.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- with dig "tracing" "endpoint" "" .Values.settings }}
# Traces.
- ports:
    - {port: {{ include "tandem.portOf" . }}, protocol: TCP}
{{- end }}
{{- $embeddings := dig "cache" "embeddings" "hashed" .Values.settings }}
{{- if kindIs "map" $embeddings }}
{{- with $embeddings.url }}
# Embeddings.
- ports:
    - {port: {{ include "tandem.portOf" . }}, protocol: TCP}
{{- end }}
{{- end }}
{{- end -}}

{{/* One folder out of two ConfigMaps, so that policies and their cases change in one step. Not a subPath: what is
mounted so never changes. */}}
{{- define "tandem.policyVolume" -}}
{{- $policies := .Values.policies -}}
{{- if or $policies.files $policies.existing.configMap }}
- name: policies
  projected:
    sources:
      - configMap:
          name: {{ $policies.existing.configMap | default (printf "%s-policies" (include "tandem.fullname" .)) }}
      {{- $cases := $policies.cases | default dict | keys | sortAlpha }}
      {{- if $policies.existing.cases }}
      {{- $cases = $policies.existing.cases }}
      {{- end }}
      {{- if $cases }}
      - configMap:
          name: {{ $policies.existing.casesConfigMap | default (printf "%s-policy-cases" (include "tandem.fullname" .)) }}
          items:
            {{- range $cases }}
            - {key: {{ . }}, path: cases/{{ . }}}
            {{- end }}
      {{- end }}
{{- end }}
{{- end -}}

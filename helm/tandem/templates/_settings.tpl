{{/* tandem.yaml, as the router reads it. Secrets are files beside it. */}}
{{- define "tandem.settings" -}}
{{- $settings := deepCopy .Values.settings -}}
{{- $_ := set $settings "public" (dict "host" "0.0.0.0" "port" 8080) -}}
{{- $_ := set $settings "admin" (dict "host" "0.0.0.0" "port" 8081 "key" (dict "from_file" "/etc/tandem/secrets/admin-key")) -}}
{{- $_ := set $settings "keys" "/etc/tandem/secrets/keys.json" -}}
{{- $_ := set $settings "cache_salt_secret" (dict "from_file" "/etc/tandem/secrets/cache-salt") -}}
{{- $_ := set $settings "stop_grace_s" .Values.router.drain.graceSeconds -}}
{{- $_ := set $settings "policy_history" "/var/lib/tandem/policies" -}}
{{- if ne .Values.redis.mode "none" -}}
  {{- $_ := set $settings "redis" (dict "url" (dict "from_file" "/etc/tandem/secrets/redis-url") "prefix" .Values.redis.prefix) -}}
{{- end -}}
{{- if or .Values.policies.files .Values.policies.existing.configMap -}}
  {{- $_ := set $settings "policies" "/etc/tandem/policies" -}}
{{- end -}}
{{- if .Values.decisionLog.enabled -}}
  {{- $_ := set $settings "decision_log" (dict "folder" "/var/lib/tandem/decisions" "max_gb" .Values.decisionLog.maxGigabytes) -}}
{{- end -}}
{{- $tiers := dict -}}
{{- $root := . -}}
{{- range $tier, $spec := .Values.tiers -}}
  {{- if $spec -}}
    {{- $_ := set $tiers $tier (dict "backends" (include "tandem.backends" (dict "root" $root "tier" $tier "spec" $spec) | fromYamlArray)) -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $settings "tiers" $tiers -}}
{{- toYaml $settings -}}
{{- end -}}

{{/* The backends of a tier. Each engine of this chart is one, so that the router knows how full each is and brings a
conversation back to the one that has its prompt; a Service in front of them would hide that. */}}
{{- define "tandem.backends" -}}
{{- $backends := list -}}
{{- $spec := .spec -}}
{{- if dig "engine" "enabled" false $spec -}}
  {{- $name := include "tandem.engineName" . -}}
  {{- range $at := until (int $spec.engine.replicas) -}}
    {{- $own := dict "url" (printf "http://%s-%d.%s:8000" $name $at $name) "api_key" (dict "from_file" "/etc/tandem/secrets/engine-key") -}}
    {{- if ne $.root.Values.redis.mode "none" -}}
      {{- $_ := set $own "shared_as" (printf "%s-%d" $name $at) -}}
    {{- end -}}
    {{- $backends = append $backends (merge $own (deepCopy $spec.backend)) -}}
  {{- end -}}
{{- else -}}
  {{- range $given := $spec.external -}}
    {{- $own := omit $given "secretEntry" -}}
    {{- if $given.secretEntry -}}
      {{- $_ := set $own "api_key" (dict "from_file" (printf "/etc/tandem/secrets/%s" $given.secretEntry)) -}}
    {{- end -}}
    {{- $backends = append $backends (merge $own (deepCopy $spec.backend)) -}}
  {{- end -}}
{{- end -}}
{{- toYaml $backends -}}
{{- end -}}

{{/* What the schema cannot say: values that do not go together. Every message says what to do. */}}
{{- define "tandem.validate" -}}
{{- include "tandem.validateSecrets" . -}}
{{- include "tandem.validateTiers" . -}}
{{- include "tandem.validateRedis" . -}}
{{- include "tandem.validateRest" . -}}
{{- end -}}

{{- define "tandem.validateSecrets" -}}
{{- $create := .Values.secrets.create -}}
{{- if .Values.secrets.existing -}}
  {{- if or $create.keysJson $create.adminKey $create.engineKey $create.cacheSalt $create.redisUrl $create.redisPassword $create.extra -}}
    {{- fail "secrets.existing and secrets.create are both given: name a Secret of your own, or have one created, not both" -}}
  {{- end -}}
{{- else -}}
  {{- if not $create.keysJson -}}
    {{- fail "secrets.create.keysJson is missing: make a key with `tandem keys create --tenant NAME` and pass its file with --set-file secrets.create.keysJson=keys.json, or name a Secret of your own in secrets.existing" -}}
  {{- end -}}
  {{- if not (kindIs "slice" (mustFromJson $create.keysJson)) -}}
    {{- fail "secrets.create.keysJson is not a keys file: expected what `tandem keys create` writes" -}}
  {{- end -}}
  {{- if not $create.adminKey -}}
    {{- fail "secrets.create.adminKey is missing: the admin listener is reached over the network here and asks for a key; for example --set secrets.create.adminKey=$(openssl rand -hex 24)" -}}
  {{- end -}}
  {{- if not $create.cacheSalt -}}
    {{- fail "secrets.create.cacheSalt is missing: replicas need the same one; for example --set secrets.create.cacheSalt=$(openssl rand -hex 24)" -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "tandem.validateTiers" -}}
{{- $root := . -}}
{{- $any := false -}}
{{- range $tier, $spec := .Values.tiers -}}
  {{- if $spec -}}
    {{- $any = true -}}
    {{- if and (dig "engine" "enabled" false $spec) $spec.external -}}
      {{- fail (printf "tiers.%s has an engine of this chart and external addresses: set tiers.%s.engine.enabled=false, or leave external empty" $tier $tier) -}}
    {{- end -}}
    {{- if not (or (dig "engine" "enabled" false $spec) $spec.external) -}}
      {{- fail (printf "tiers.%s has no engine: set tiers.%s.engine.enabled=true, or list addresses in tiers.%s.external, or remove the tier with tiers.%s=null" $tier $tier $tier $tier) -}}
    {{- end -}}
    {{- if dig "engine" "enabled" false $spec -}}
      {{- include "tandem.validateEngine" (dict "root" $root "tier" $tier "engine" $spec.engine) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if not $any -}}
  {{- fail "tiers is empty: the router needs at least one tier" -}}
{{- end -}}
{{- end -}}

{{- define "tandem.validateEngine" -}}
{{- include "tandem.validateOptions" . -}}
{{- include "tandem.validateEnv" (dict "path" (printf "tiers.%s.engine.env" .tier) "env" .engine.env) -}}
{{- include "tandem.validateImage" (dict "path" (printf "tiers.%s.engine.image" .tier) "image" .engine.image) -}}
{{- $create := .root.Values.secrets.create -}}
{{- if and (not .root.Values.secrets.existing) (not $create.engineKey) -}}
  {{- fail "secrets.create.engineKey is missing: engines are never open; for example --set secrets.create.engineKey=$(openssl rand -hex 24)" -}}
{{- end -}}
{{- if and (eq .engine.kind "vllm") (not (.root.Files.Get (printf "profiles/%s.yaml" .engine.profile))) -}}
  {{- $there := list -}}
  {{- range $path, $_ := .root.Files.Glob "profiles/*.yaml" -}}
    {{- $there = append $there (base $path | trimSuffix ".yaml") -}}
  {{- end -}}
  {{- fail (printf "tiers.%s.engine.profile %q is not there; there are: %s" .tier .engine.profile (without (sortAlpha $there) "launch" | join ", ")) -}}
{{- end -}}
{{- if and (eq .engine.modelCache.kind "existingClaim") (not .engine.modelCache.existingClaim) -}}
  {{- fail (printf "tiers.%s.engine.modelCache.existingClaim is missing: name the PersistentVolumeClaim that holds the weights" .tier) -}}
{{- end -}}
{{- end -}}

{{/* Where an engine listens, under what name and with which key is for the chart to say: the router is told the same. */}}
{{- define "tandem.validateOptions" -}}
{{- $owned := list "host" "port" "uds" "api-key" "config" "served-model-name" "max-model-len" "shutdown-timeout" -}}
{{- range $name, $_ := .engine.config -}}
  {{- if has $name $owned -}}
    {{- fail (printf "tiers.%s.engine.config.%s is set by the chart: the model's name and window are in tiers.%s.backend, the key is in secrets" $.tier $name $.tier) -}}
  {{- end -}}
{{- end -}}
{{- range .engine.args -}}
  {{- $name := regexReplaceAll "^--([a-z-]+).*$" . "${1}" -}}
  {{- if has $name $owned -}}
    {{- fail (printf "tiers.%s.engine.args: --%s is set by the chart: the model's name and window are in tiers.%s.backend, the key is in secrets" $.tier $name $.tier) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "tandem.validateEnv" -}}
{{- range $name, $_ := .env -}}
  {{- if regexMatch "KEY|TOKEN|SECRET|PASSWORD|SALT|REDIS__URL" $name -}}
    {{- fail (printf "%s.%s looks like a secret, and what stands there everybody reads: put it in the Secret" $.path $name) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "tandem.validateImage" -}}
{{- if and (eq (.image.tag | default "") "latest") (not .image.digest) -}}
  {{- fail (printf "%s.tag is latest: name a version, so that a restart brings no other" .path) -}}
{{- end -}}
{{- end -}}

{{- define "tandem.validateRedis" -}}
{{- $create := .Values.secrets.create -}}
{{- if eq .Values.redis.mode "bundled" -}}
  {{- if .Values.secrets.existing -}}
    {{- fail "redis.mode=bundled is for trials and takes its password from secrets.create; with secrets.existing use redis.mode=external" -}}
  {{- end -}}
  {{- if not $create.redisPassword -}}
    {{- fail "secrets.create.redisPassword is missing; for example --set secrets.create.redisPassword=$(openssl rand -hex 24)" -}}
  {{- end -}}
  {{- if $create.redisUrl -}}
    {{- fail "secrets.create.redisUrl is for redis.mode=external; the bundled Redis has an address of its own" -}}
  {{- end -}}
{{- end -}}
{{- if and (eq .Values.redis.mode "external") (not .Values.secrets.existing) (not $create.redisUrl) -}}
  {{- fail "secrets.create.redisUrl is missing: redis.mode is external; give redis://user:password@host:6379/0, or set redis.mode to bundled (a trial) or none (each replica for itself)" -}}
{{- end -}}
{{- if and (eq .Values.redis.mode "none") (eq (dig "cache" "store" "" .Values.settings) "redis") -}}
  {{- fail "settings.cache.store is redis, and redis.mode is none: set redis.mode to external or bundled" -}}
{{- end -}}
{{- end -}}

{{- define "tandem.validateRest" -}}
{{- include "tandem.validateImage" (dict "path" "image" "image" .Values.image) -}}
{{- include "tandem.validateEnv" (dict "path" "router.env" "env" .Values.router.env) -}}
{{- $scaling := .Values.router.autoscaling -}}
{{- if and $scaling.enabled (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
  {{- fail (printf "router.autoscaling.minReplicas (%d) is more than maxReplicas (%d)" (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- $policies := .Values.policies -}}
{{- if and $policies.existing.configMap (or $policies.files $policies.cases) -}}
  {{- fail "policies.existing.configMap and policies.files are both given: keep policies in one place" -}}
{{- end -}}
{{- if and $policies.existing.cases (not $policies.existing.casesConfigMap) -}}
  {{- fail "policies.existing.cases lists files, and policies.existing.casesConfigMap does not say where they are" -}}
{{- end -}}
{{- if and $policies.cases (not $policies.files) -}}
  {{- fail "policies.cases without policies.files: cases test the policies beside them" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
  {{- fail "ingress.hosts is empty: name the host under which callers reach the router" -}}
{{- end -}}
{{- if and .Values.route.enabled (not .Values.route.parentRefs) -}}
  {{- fail "route.parentRefs is empty: name the Gateway that the route hangs on" -}}
{{- end -}}
{{- if and .Values.decisionLog.enabled (eq .Values.decisionLog.kind "existingClaim") (not .Values.decisionLog.existingClaim) -}}
  {{- fail "decisionLog.existingClaim is missing: name a PersistentVolumeClaim that all replicas may write to (ReadWriteMany)" -}}
{{- end -}}
{{- end -}}

{{/* Names, labels and what several templates have in common. */}}

{{- define "tandem.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains "tandem" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-tandem" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tandem.selector" -}}
app.kubernetes.io/name: tandem
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tandem.labels" -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* An image, by digest where there is one. Takes: image, default (the tag where none is given). */}}
{{- define "tandem.image" -}}
{{- if .image.digest -}}
{{- printf "%s@%s" .image.repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" .image.repository (.image.tag | default .default) -}}
{{- end -}}
{{- end -}}

{{- define "tandem.routerImage" -}}
{{- include "tandem.image" (dict "image" .Values.image "default" .Chart.AppVersion) -}}
{{- end -}}

{{- define "tandem.secretName" -}}
{{- .Values.secrets.existing | default (printf "%s-secrets" (include "tandem.fullname" .)) -}}
{{- end -}}

{{- define "tandem.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "tandem.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* Nobody is root, nobody becomes it, and what the kernel need not offer it does not. */}}
{{- define "tandem.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "tandem.containerSecurityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "tandem.imagePullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Where pods may run. Takes the part of the values that says so. */}}
{{- define "tandem.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* The name of the engines of a tier. Takes: root, tier. */}}
{{- define "tandem.engineName" -}}
{{- printf "%s-%s" (include "tandem.fullname" .root) .tier -}}
{{- end -}}

{{- define "tandem.redisName" -}}
{{- printf "%s-redis" (include "tandem.fullname" .) -}}
{{- end -}}

{{/* The port of an address: the one it names, else that of its scheme. */}}
{{- define "tandem.portOf" -}}
{{- $url := urlParse . -}}
{{- if contains ":" $url.host -}}
{{- regexFind "[0-9]+$" $url.host -}}
{{- else -}}
{{- ternary "443" "80" (eq $url.scheme "https") -}}
{{- end -}}
{{- end -}}

{{/* What vllm serve --config reads: the profile, with the engine's own options over it. Takes: root, tier. */}}
{{- define "tandem.engineConfig" -}}
{{- $engine := (index .root.Values.tiers .tier).engine -}}
{{- $path := printf "profiles/%s.yaml" $engine.profile -}}
{{- $profile := .root.Files.Get $path -}}
{{- if $engine.config -}}
{{- toYaml (mustMergeOverwrite (fromYaml $profile) $engine.config) -}}
{{- else -}}
{{- $profile | trimSuffix "\n" -}}
{{- end -}}
{{- end -}}

{{/* The environment that a profile needs, as launch.yaml beside the profiles has it, under the engine's own. */}}
{{- define "tandem.engineEnv" -}}
{{- $engine := (index .root.Values.tiers .tier).engine -}}
{{- $launch := .root.Files.Get "profiles/launch.yaml" | fromYaml -}}
{{- $env := dict -}}
{{- range $name, $each := dig "profiles" $engine.profile "environment" dict $launch -}}
  {{- $_ := set $env $name $each.value -}}
{{- end -}}
{{- toYaml (merge (deepCopy $engine.env) $env) -}}
{{- end -}}

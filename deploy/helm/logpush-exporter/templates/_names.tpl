{{- define "logpush-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "logpush-exporter.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "logpush-exporter.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "logpush-exporter.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "logpush-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "logpush-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "logpush-exporter.labels" -}}
{{- include "logpush-exporter.labelsWith" (list . (dict)) }}
{{- end }}

{{- /* The labels of an object with further ones; said twice, a label would not be YAML any more. */}}
{{- define "logpush-exporter.labelsWith" -}}
{{- $root := index . 0 }}
{{- $labels := include "logpush-exporter.selectorLabels" $root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/component" "exporter" }}
{{- $_ := set $labels "app.kubernetes.io/part-of" "logpush-exporter" }}
{{- $_ := set $labels "app.kubernetes.io/version" $root.Chart.AppVersion }}
{{- $_ := set $labels "app.kubernetes.io/managed-by" $root.Release.Service }}
{{- $_ := set $labels "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") }}
{{- toYaml (merge $labels (index . 1) $root.Values.commonLabels) }}
{{- end }}

{{- define "logpush-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "logpush-exporter.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "logpush-exporter.image" -}}
{{- $name := printf "%s/%s" .Values.image.registry .Values.image.repository | trimPrefix "/" }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $name .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "logpush-exporter.tokenSecret" -}}
{{- default (printf "%s-cloudflare" (include "logpush-exporter.fullname" .)) .Values.cloudflare.existingSecret }}
{{- end }}

{{- define "logpush-exporter.manifestConfigMap" -}}
{{- default (printf "%s-manifest" (include "logpush-exporter.fullname" .)) .Values.manifest.existingConfigMap }}
{{- end }}

{{- define "logpush-exporter.hasManifest" -}}
{{- if or .Values.manifest.content .Values.manifest.existingConfigMap }}true{{ end }}
{{- end }}

{{- define "logpush-exporter.sharded" -}}
{{- if and (gt (int .Values.shards.total) 1) (not .Values.postgresql.address) }}true{{ end }}
{{- end }}

{{- /* A volume for the ledger, or a folder that goes with the pod; none with PostgreSQL. */}}
{{- define "logpush-exporter.hasVolume" -}}
{{- if and .Values.persistence.enabled (not .Values.postgresql.address) }}true{{ end }}
{{- end }}

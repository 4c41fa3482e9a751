{{- define "logpush-exporter.args" -}}
{{- $sharded := include "logpush-exporter.sharded" . }}
- serve
- --cloudflare.api-token-file=/etc/logpush-exporter/cloudflare/{{ .Values.cloudflare.existingSecretKey }}{{ if and $sharded .Values.shards.tokenPerShard }}-$(SHARD){{ end }}
{{- if .Values.postgresql.address }}
- --state.path={{ .Values.postgresql.address }}
- --shard=auto
- --total-shards={{ int .Values.shards.total }}
{{- else }}
- --state.path=/data/ledger.db
{{- end }}
{{- if $sharded }}
- --shard=$(SHARD)
- --total-shards={{ int .Values.shards.total }}
{{- end }}
{{- with .Values.cloudflare.accounts }}
- --cloudflare.accounts={{ join "," . }}
{{- end }}
{{- with .Values.cloudflare.zones }}
- --cloudflare.zones={{ join "," . }}
{{- end }}
{{- with .Values.cloudflare.excludeZones }}
- --cloudflare.exclude-zones={{ join "," . }}
{{- end }}
{{- if .Values.config }}
- --config.file=/etc/logpush-exporter/config/config.yaml
{{- end }}
{{- if .Values.webConfig.existingSecret }}
- --web.config.file=/etc/logpush-exporter/web/web-config.yml
{{- end }}
{{- if .Values.webhook.enabled }}
- --notifications.webhook-secret-file=/etc/logpush-exporter/webhook/{{ .Values.webhook.existingSecretKey }}
{{- end }}
{{- if include "logpush-exporter.hasManifest" . }}
- --manifest.file=/etc/logpush-exporter/manifest/manifest.yaml
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "logpush-exporter.podTemplate" -}}
metadata:
  annotations:
    kubectl.kubernetes.io/default-container: logpush-exporter
    {{- if .Values.config }}
    checksum/config: {{ toYaml .Values.config | sha256sum }}
    {{- end }}
    {{- with .Values.manifest.content }}
    checksum/manifest: {{ sha256sum . }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "logpush-exporter.labelsWith" (list . .Values.podLabels) | nindent 4 }}
spec:
  serviceAccountName: {{ include "logpush-exporter.serviceAccountName" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.dnsPolicy }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with .Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- tpl (toYaml .) $ | nindent 4 }}
  {{- end }}
  containers:
    - name: logpush-exporter
      image: {{ include "logpush-exporter.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        {{- include "logpush-exporter.args" . | trim | nindent 8 }}
      env:
        - name: NODE_OPTIONS
          value: --max-old-space-size={{ int .Values.maxOldSpaceSize }}
        {{- if include "logpush-exporter.sharded" . }}
        - name: SHARD
          valueFrom:
            fieldRef:
              fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
        {{- end }}
        {{- if .Values.postgresql.address }}
        - name: PGPASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ .Values.postgresql.existingSecret }}
              key: {{ .Values.postgresql.existingSecretKey }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: http
          containerPort: 10199
          protocol: TCP
      startupProbe:
        {{- toYaml .Values.startupProbe | nindent 8 }}
      livenessProbe:
        {{- toYaml .Values.livenessProbe | nindent 8 }}
      readinessProbe:
        {{- toYaml .Values.readinessProbe | nindent 8 }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      volumeMounts:
        {{- if not .Values.postgresql.address }}
        - name: data
          mountPath: /data
        {{- end }}
        - name: cloudflare
          mountPath: /etc/logpush-exporter/cloudflare
          readOnly: true
        {{- if .Values.config }}
        - name: config
          mountPath: /etc/logpush-exporter/config
          readOnly: true
        {{- end }}
        {{- if .Values.webConfig.existingSecret }}
        - name: web
          mountPath: /etc/logpush-exporter/web
          readOnly: true
        {{- end }}
        {{- if .Values.webhook.enabled }}
        - name: webhook
          mountPath: /etc/logpush-exporter/webhook
          readOnly: true
        {{- end }}
        {{- if include "logpush-exporter.hasManifest" . }}
        - name: manifest
          mountPath: /etc/logpush-exporter/manifest
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .Values.extraContainers }}
    {{- tpl (toYaml .) $ | nindent 4 }}
    {{- end }}
  volumes:
    {{- if not (or .Values.postgresql.address (and (include "logpush-exporter.sharded" .) .Values.persistence.enabled)) }}
    - name: data
      {{- if .Values.persistence.enabled }}
      persistentVolumeClaim:
        claimName: {{ default (include "logpush-exporter.fullname" .) .Values.persistence.existingClaim }}
      {{- else }}
      emptyDir: {}
      {{- end }}
    {{- end }}
    - name: cloudflare
      secret:
        secretName: {{ include "logpush-exporter.tokenSecret" . }}
        defaultMode: 288 # 0440, in the notation that every YAML parser reads alike
    {{- if .Values.config }}
    - name: config
      configMap:
        name: {{ include "logpush-exporter.fullname" . }}
    {{- end }}
    {{- with .Values.webConfig.existingSecret }}
    - name: web
      secret:
        secretName: {{ . }}
        defaultMode: 288 # 0440, in the notation that every YAML parser reads alike
    {{- end }}
    {{- if .Values.webhook.enabled }}
    - name: webhook
      secret:
        secretName: {{ .Values.webhook.existingSecret }}
        defaultMode: 288 # 0440, in the notation that every YAML parser reads alike
    {{- end }}
    {{- if include "logpush-exporter.hasManifest" . }}
    - name: manifest
      configMap:
        name: {{ include "logpush-exporter.manifestConfigMap" . }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

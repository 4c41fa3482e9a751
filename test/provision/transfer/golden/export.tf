terraform {
  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.0"
    }
  }
}

variable "sre_exporter_url" {
  description = "url of webhook sre-exporter"
  type        = string
  sensitive   = true
}

variable "sre_exporter_secret" {
  description = "secret of webhook sre-exporter"
  type        = string
  sensitive   = true
}

variable "sre_worker_logs_ownership_challenge" {
  description = "ownership_challenge of job sre-worker-logs"
  type        = string
  sensitive   = true
}

variable "sre_audit_logs_access_key_id" {
  description = "access_key_id of job sre-audit-logs"
  type        = string
  sensitive   = true
}

variable "sre_audit_logs_secret_access_key" {
  description = "secret_access_key of job sre-audit-logs"
  type        = string
  sensitive   = true
}

variable "sre_http_channel" {
  description = "channel of job sre-http in zone quay.example"
  type        = string
  sensitive   = true
}

variable "sre_http_token" {
  description = "token of job sre-http in zone quay.example"
  type        = string
  sensitive   = true
}

variable "sre_http_url_path" {
  description = "url.path of job sre-http in zone logs.quay.example"
  type        = string
  sensitive   = true
}

variable "sre_http_headers_authorization" {
  description = "headers.Authorization of job sre-http in zone logs.quay.example"
  type        = string
  sensitive   = true
}

resource "cloudflare_notification_policy_webhooks" "sre_exporter" {
  account_id = "0123456789abcdef0123456789abcdef"
  name       = "sre-exporter"
  url        = var.sre_exporter_url
  secret     = var.sre_exporter_secret
}

import {
  to = cloudflare_notification_policy_webhooks.sre_exporter
  id = "0123456789abcdef0123456789abcdef/fe675fe7aaee830b6fed09b64e034f84"
}

resource "cloudflare_logpush_ownership_challenge" "sre_worker_logs" {
  account_id       = "0123456789abcdef0123456789abcdef"
  destination_conf = "s3://quay-logs/workers/{DATE}?region=us-east-1&sse=AES256"
}

resource "cloudflare_logpush_job" "sre_worker_logs" {
  account_id                  = "0123456789abcdef0123456789abcdef"
  name                        = "sre-worker-logs"
  dataset                     = "workers_trace_events"
  enabled                     = true
  destination_conf            = "s3://quay-logs/workers/{DATE}?region=us-east-1&sse=AES256"
  ownership_challenge         = var.sre_worker_logs_ownership_challenge
  filter                      = "{\"where\":{\"key\":\"Outcome\",\"operator\":\"!eq\",\"value\":\"ok\"}}"
  max_upload_bytes            = 50000000
  max_upload_interval_seconds = 60
  max_upload_records          = 100000
  output_options = {
    field_names      = ["Outcome", "ScriptName"]
    timestamp_format = "rfc3339"
    cve_2021_44228   = true
  }
}

resource "cloudflare_logpush_job" "sre_audit_logs" {
  account_id       = "0123456789abcdef0123456789abcdef"
  name             = "sre-audit-logs"
  dataset          = "audit_logs_v2"
  enabled          = true
  destination_conf = "r2://audit/{DATE}?account-id=0123456789abcdef0123456789abcdef&access-key-id=${replace(urlencode(var.sre_audit_logs_access_key_id), "+", "%20")}&secret-access-key=${replace(urlencode(var.sre_audit_logs_secret_access_key), "+", "%20")}"
}

import {
  to = cloudflare_logpush_job.sre_audit_logs
  id = "accounts/0123456789abcdef0123456789abcdef/1000"
}

resource "cloudflare_logpush_job" "sre_http" {
  zone_id          = "11111111111111111111111111111111"
  name             = "sre-http"
  dataset          = "http_requests"
  enabled          = false
  destination_conf = "splunk://hec.example.com:8088/services/collector/raw?channel=${replace(urlencode(var.sre_http_channel), "+", "%20")}&insecure-skip-verify=false&sourcetype=cloudflare%3Ajson&header_Authorization=Splunk%20${replace(urlencode(var.sre_http_token), "+", "%20")}"
}

resource "cloudflare_logpush_job" "sre_http_logs_quay_example" {
  zone_id          = "22222222222222222222222222222222"
  name             = "sre-http"
  dataset          = "http_requests"
  enabled          = true
  destination_conf = "https://logs.example.com/${var.sre_http_url_path}?header_Authorization=${replace(urlencode(var.sre_http_headers_authorization), "+", "%20")}"
  output_options = {
    field_names = [
      "RayID",
      "ClientIP",
      "ClientASN",
      "ClientCountry",
      "ClientDeviceType",
      "ClientRequestHost",
      "ClientRequestMethod",
      "ClientRequestPath",
    ]
    record_template = "$${{.RayID}}\t%%{{.ClientIP}}\n"
  }
}

resource "cloudflare_notification_policy" "sre_logpush_disabled" {
  account_id  = "0123456789abcdef0123456789abcdef"
  name        = "sre-logpush-disabled"
  description = "A Logpush job was switched off."
  alert_type  = "failing_logpush_job_disabled_alert"
  enabled     = true
  mechanisms = {
    email     = [{ id = "sre@example.com" }]
    webhooks  = [{ id = cloudflare_notification_policy_webhooks.sre_exporter.id }]
    pagerduty = [{ id = "cccccccccccccccccccccccccccccccc" }]
  }
}

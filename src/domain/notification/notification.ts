/** The alert Cloudflare sends when it disables a job that has failed for about a day. */
export const jobDisabledAlert = 'failing_logpush_job_disabled_alert'

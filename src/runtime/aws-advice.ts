/** Keeps the AWS client from printing advice about newer versions of Node into our own output. */
export function silenceAwsAdvice(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
}

#!/usr/bin/env node
import type { CommandIo } from './cli/command-io.ts'
import { runCommandLine } from './cli/command-line.ts'
import { program } from './commands/program/program.ts'
import { ApiFailure, type ExitCode, exitCode, UserError } from './errors.ts'
import { safeError } from './log/log-fields.ts'
import { keepCompiledCode } from './runtime/compiled-code.ts'
import { readTextFile } from './runtime/text-file.ts'
import { build } from './version.ts'

/*
 * The process boundary: arguments, environment, streams and signals in, an exit code out. Commands are loaded
 * when they are called, so that each starts with no more than it needs.
 */

function createIo(stop: AbortController): CommandIo {
  return {
    stdout: (line) => process.stdout.write(`${line}\n`),
    stderr: (line) => process.stderr.write(`${line}\n`),
    stdoutStream: process.stdout,
    stderrStream: process.stderr,
    terminal: {
      stdin: process.stdin.isTTY === true,
      stdout: process.stdout.isTTY === true,
      stderr: process.stderr.isTTY === true,
    },
    ask,
    env: process.env,
    readFile: readTextFile,
    signal: stop.signal,
    onReload(listener) {
      process.on('SIGHUP', listener)
      return () => process.off('SIGHUP', listener)
    },
  }

  async function ask(question: string): Promise<string | null> {
    if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null
    const { createInterface } = await import('node:readline')
    // Questions go where progress goes: the result on stdout stays clean.
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    return new Promise((resolve) => {
      // While a question is open the terminal gives Ctrl-C to it and not to the process.
      lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      lines.on('close', () => resolve(null))
      stop.signal.addEventListener('abort', () => lines.close(), { once: true })
      lines.question(question, (answer) => {
        resolve(answer.trim())
        lines.close()
      })
    })
  }
}

function complain(text: string): void {
  process.stderr.write(`${build.name}: ${text}\n`)
}

/** Says what went wrong and gives the exit code for it. */
function failed(error: unknown): ExitCode {
  if (error instanceof UserError) {
    complain(error.message)
    return error.exitCode
  }
  if (error instanceof ApiFailure) {
    complain(error.message)
    return exitCode.failure
  }
  const { type, message, stack } = safeError(error instanceof Error ? error : new Error(String(error)))
  complain(
    `this is a bug; please report it with the lines below and what you did:\n${type}: ${message}\n${stack}`,
  )
  return exitCode.failure
}

/** Ends the process even when something still holds it, but gives that a moment to let go by itself. */
function endWith(code: ExitCode): void {
  process.exitCode = code
  setTimeout(() => process.exit(), 500).unref()
}

function start(): void {
  keepCompiledCode()
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(exitCode.failure)
      stop.abort()
    })
  }
  // A reader that went away (`| head`) wants no more: that is no failure of ours, and nothing is left to do.
  process.stdout.on('error', (error) => endOnBrokenPipe(error, () => process.exit()))
  process.stderr.on('error', (error) => endOnBrokenPipe(error, () => {}))
  const crash = (error: unknown) => process.exit(failed(error))
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  runCommandLine(program, process.argv.slice(2), createIo(stop)).catch(failed).then(endWith)
}

function endOnBrokenPipe(error: Error, then: () => void): void {
  if ('code' in error && error.code === 'EPIPE') then()
  else throw error
}

start()

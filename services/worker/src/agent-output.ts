import type { Severity } from '@swarmledger/protocol';
import { severities } from '@swarmledger/protocol';
import type { DecisionInput, SignalInput } from '@swarmledger/sdk';

export type OutputLine =
  | { readonly kind: 'decision'; readonly decision: DecisionInput }
  | { readonly kind: 'signal'; readonly signal: SignalInput }
  /** Anything else is for the job's log. */
  | { readonly kind: 'text'; readonly text: string };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one line of an agent's standard output: `{"decision": {"title", "rationale", "confidence", "alternatives", "model"}}` or
 * `{"signal": {"kind", "message", "severity", "data"}}`. What is not one of them is text, never an error.
 */
export function parseOutputLine(text: string): OutputLine {
  if (!text.startsWith('{')) return { kind: 'text', text };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'text', text };
  }
  const decision = toDecision(field(value, 'decision'));
  if (decision !== undefined) return { kind: 'decision', decision };
  const signal = toSignal(field(value, 'signal'));
  return signal === undefined ? { kind: 'text', text } : { kind: 'signal', signal };
}

function toDecision(value: unknown): DecisionInput | undefined {
  if (!isFields(value) || typeof value['title'] !== 'string') return undefined;
  const { title, rationale, confidence, alternatives, model } = value;
  const isShare = typeof confidence === 'number' && confidence >= 0 && confidence <= 1;
  return {
    title,
    rationale: typeof rationale === 'string' ? rationale : '',
    ...(isShare ? { confidence } : {}),
    ...(isTexts(alternatives) ? { alternatives } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  };
}

function toSignal(value: unknown): SignalInput | undefined {
  if (!isFields(value) || typeof value['kind'] !== 'string' || typeof value['message'] !== 'string') return undefined;
  const { kind, message, data } = value;
  const severity: Severity | undefined = severities.find((name) => name === value['severity']);
  return { kind, message, ...(severity === undefined ? {} : { severity }), ...(data === undefined ? {} : { data }) };
}

function field(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

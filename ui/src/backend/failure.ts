import type { CommandError, ErrorCode } from "@/contract/contract";

/** The one place that turns an error code into words (keys of the catalogue), severity and the next step. */
export interface Failure {
  title: string;
  /** Shown under the title; the engine's own words come first where it has some. */
  advice: string;
  severity: "warn" | "bad";
  /** The engine's words say what to change, so they are shown without being asked for. */
  tells?: boolean;
  next: "none" | "look_again" | "edit" | "secrets" | "sign_in" | "retry";
}

const FAILURES: Record<ErrorCode, Failure> = {
  moved_on: { title: "failure.moved_on", advice: "failure.moved_on_advice", severity: "warn", next: "look_again" },
  not_found: { title: "failure.not_found", advice: "failure.not_found_advice", severity: "warn", next: "none" },
  invalid: { title: "failure.invalid", advice: "failure.invalid_advice", severity: "warn", tells: true, next: "none" },
  guard_failed: { title: "failure.guard_failed", advice: "failure.guard_failed_advice", severity: "warn", next: "edit" },
  too_late: { title: "failure.too_late", advice: "failure.too_late_advice", severity: "warn", next: "none" },
  secrets_unavailable: {
    title: "failure.secrets_unavailable",
    advice: "failure.secrets_unavailable_advice",
    severity: "warn",
    next: "secrets",
  },
  sign_in_refused: {
    title: "failure.sign_in_refused",
    advice: "failure.sign_in_refused_advice",
    severity: "bad",
    tells: true,
    next: "sign_in",
  },
  platform_unreachable: {
    title: "failure.platform_unreachable",
    advice: "failure.platform_unreachable_advice",
    severity: "warn",
    next: "retry",
  },
  storage_failed: {
    title: "failure.storage_failed",
    advice: "failure.storage_failed_advice",
    severity: "bad",
    next: "retry",
  },
  internal: { title: "failure.internal", advice: "failure.internal_advice", severity: "bad", next: "retry" },
};

export function failureOf(error: CommandError): Failure {
  return FAILURES[error.code] ?? FAILURES.internal;
}

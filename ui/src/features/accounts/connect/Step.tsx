import type { ReactNode, RefObject } from "react";

interface Foot {
  /** To the left: one step back, or out of all of them. */
  back: string | null;
  onBack: () => void;
  /** What the step's own button does; it submits. */
  next: string;
  /** What is going on; nothing can be pressed meanwhile. */
  busy?: string | null;
  /** The step cannot be left by its own button yet. */
  off?: boolean;
  /** One can go back although something is going on. */
  backWhileBusy?: boolean;
}

/** The buttons under a step. */
export function StepFoot({ back, onBack, next, busy = null, off = false, backWhileBusy = false }: Foot) {
  return (
    <>
      {back === null ? null : (
        <button type="button" className="btn" disabled={busy !== null && !backWhileBusy} onClick={onBack}>
          {back}
        </button>
      )}
      <span className="grow" />
      {busy === null ? null : (
        <span className="muted connect-busy" role="status">
          <span className="spinner" />
          {busy}
        </span>
      )}
      <button type="submit" className="btn btn-primary" disabled={busy !== null || off}>
        {next} <kbd>⏎</kbd>
      </button>
    </>
  );
}

/** One step: what is asked, and the buttons under it. */
export function Step({ title, lead, titleRef, children, foot, onSubmit }: { title: string; lead?: ReactNode; titleRef?: RefObject<HTMLHeadingElement | null>; children: ReactNode; foot: ReactNode; onSubmit: () => void }) {
  return (
    <form
      className="connect-step"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="connect-body">
        <h2
          ref={titleRef}
          tabIndex={-1}
          onKeyDown={(event) => {
            // The title has the focus when a step opens, and the step's own button names this key.
            if (event.key !== "Enter") return;
            // Otherwise the same stroke goes on to the field that the next step puts the focus into.
            event.preventDefault();
            event.currentTarget.closest("form")?.requestSubmit();
          }}
        >
          {title}
        </h2>
        {lead ? <p className="connect-lead">{lead}</p> : null}
        {children}
      </div>
      <footer className="connect-foot">{foot}</footer>
    </form>
  );
}

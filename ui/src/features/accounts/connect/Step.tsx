import type { ReactNode, RefObject } from "react";

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
            if (event.key === "Enter") event.currentTarget.closest("form")?.requestSubmit();
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

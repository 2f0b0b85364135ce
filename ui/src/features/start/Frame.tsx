import type { ReactNode } from "react";
import { Mark } from "@/shared/Icon";
import "./start.css";

/** The page before there is a workspace: one column, the mark above it. */
export function Frame({ children, foot }: { children: ReactNode; foot?: ReactNode }) {
  return (
    <div className="start">
      <main>
        <div className="start-column">
          <span className="start-mark">
            <Mark size={28} />
          </span>
          {children}
        </div>
      </main>
      {foot ? <footer>{foot}</footer> : null}
    </div>
  );
}

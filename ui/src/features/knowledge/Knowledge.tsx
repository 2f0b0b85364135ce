import { useTranslation } from "react-i18next";
import { useCommand } from "@/backend/queries";
import { Failed } from "@/backend/Failed";
import { Search } from "./Search";
import { Synonyms } from "./Synonyms";
import "./knowledge.css";

/** What drafts may rest on: looked through as the engine looks through it, and the words by which it is found. */
export function Knowledge() {
  const { t } = useTranslation();
  const knowledge = useCommand("get_knowledge", null);
  return (
    <main className="screen knowledge" data-testid="knowledge">
      <div className="knowledge-main">
        <div className="bar">
          <h1 tabIndex={-1} data-focus-home>
            {t("knowledge.title")}
          </h1>
        </div>
        <Search languages={knowledge.data?.languages ?? []} />
      </div>
      <aside className="synonyms" aria-labelledby="synonyms-title">
        <div className="bar">
          <h2 id="synonyms-title">{t("knowledge.synonyms")}</h2>
          {knowledge.data ? <span className="muted">{knowledge.data.synonyms.length}</span> : null}
        </div>
        {knowledge.error ? <Failed error={knowledge.error} onRetry={() => void knowledge.refetch()} /> : null}
        {knowledge.data ? <Synonyms lists={knowledge.data.synonyms} /> : null}
      </aside>
    </main>
  );
}

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AppState } from "@/contract/contract";
import { Frame } from "./Frame";
import { SecretsChoice } from "./SecretsChoice";

export function SecretsPage({ state, foot, onState }: { state: AppState; foot: ReactNode; onState: (state: AppState) => void }) {
  const { t } = useTranslation();
  return (
    <Frame foot={foot}>
      <h1>{t("secrets.title")}</h1>
      <SecretsChoice note={state.secrets_note} onState={onState} />
    </Frame>
  );
}

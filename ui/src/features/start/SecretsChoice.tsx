import { FileLock2, MemoryStick, TriangleAlert } from "lucide-react";
import { RadioGroup } from "radix-ui";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { AppState, CommandError } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import "./start.css";

type Choice = "encrypted_file" | "session_only";
const PASSPHRASE_MIN = 8;

/** No keychain answers: an encrypted file or this session only, and never plain text. */
export function SecretsChoice({ note, onState }: { note: string | null; onState: (state: AppState) => void }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [choice, setChoice] = useState<Choice>("encrypted_file");
  const [passphrase, setPassphrase] = useState("");
  const [short, setShort] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (choice === "encrypted_file" && Array.from(passphrase).length < PASSPHRASE_MIN) {
      setShort(true);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      onState(await backend.call("choose_secret_backend", { backend: choice, passphrase: choice === "encrypted_file" ? passphrase : null }));
    } catch (thrown) {
      setError(toCommandError(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="secrets" data-testid="secrets-choice" onSubmit={(event) => void submit(event)}>
      <div className="support">
        <p>{t("secrets.text")}</p>
        <div className="muted">
          <Said words={note} />
        </div>
      </div>
      <RadioGroup.Root
        className="secrets-options"
        aria-label={t("secrets.title")}
        value={choice}
        onValueChange={(value) => {
          setChoice(value as Choice);
          setShort(false);
        }}
      >
        <RadioGroup.Item value="encrypted_file" className="secrets-option" data-testid="secrets-file">
          <i />
          <span className="grow">
            <b>{t("secrets.file")}</b>
            <small>{t("secrets.file_text")}</small>
          </span>
          <Icon of={FileLock2} />
        </RadioGroup.Item>
        {choice === "encrypted_file" ? (
          <label className="secrets-passphrase">
            <span>{t("secrets.passphrase")}</span>
            <span className="field" data-invalid={short}>
              <input
                type="password"
                autoComplete="new-password"
                value={passphrase}
                placeholder={t("secrets.passphrase_hint")}
                aria-invalid={short}
                data-testid="secrets-passphrase"
                onChange={(event) => {
                  setPassphrase(event.target.value);
                  setShort(false);
                }}
              />
            </span>
            {short ? (
              <small className="over" role="alert">
                {t("secrets.passphrase_short")}
              </small>
            ) : null}
          </label>
        ) : null}
        <RadioGroup.Item value="session_only" className="secrets-option" data-testid="secrets-session">
          <i />
          <span className="grow">
            <b>{t("secrets.session")}</b>
            <small>{t("secrets.session_text")}</small>
          </span>
          <Icon of={MemoryStick} />
        </RadioGroup.Item>
      </RadioGroup.Root>
      {error ? (
        <div className="tell tell-bad" role="alert">
          <Icon of={TriangleAlert} />
          <b>{t(failureOf(error).title)}</b>
          <Said words={error.message} open={failureOf(error).tells}>
            {t(failureOf(error).advice)}
          </Said>
        </div>
      ) : null}
      <div className="start-form-do">
        <span className="grow" />
        <button type="submit" className="btn btn-primary" data-testid="secrets-continue" disabled={busy}>
          {t("secrets.continue")}
        </button>
      </div>
    </form>
  );
}

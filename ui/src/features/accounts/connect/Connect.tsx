import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Check, X } from "lucide-react";
import { useEffect, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, ConnectAccount, PageChoice, PermissionView, SecretBackend } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { CONNECTABLE, type Connectable } from "../standing";
import { Done, Missing } from "./Outcome";
import { PageStep } from "./PageStep";
import { SignInStep, type Typed } from "./SignInStep";
import { Step } from "./Step";
import "./connect.css";

export interface ConnectAsk {
  /** `null` asks first. */
  platform: Connectable | null;
  /** The account that is signed in again. */
  again?: string;
}

type Place =
  | { at: "platform" }
  | { at: "sign_in"; cancelled?: boolean }
  | { at: "page"; pages: PageChoice[] }
  | { at: "missing"; permissions: PermissionView[] }
  | { at: "done"; account: number; permissions: PermissionView[] };

interface Props {
  ask: ConnectAsk;
  secrets: SecretBackend;
  onSecrets: () => void;
  /** With the account that was connected, when one was. */
  onClose: (account: number | null) => void;
}

const NOTHING: Typed = { token: "", clientId: "", clientSecret: "" };

/** From nothing to a connected account, one question at a time. What is typed stays here and goes to the engine only. */
export function Connect({ ask, secrets, onSecrets, onClose }: Props) {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const [platform, setPlatform] = useState<Connectable>(ask.platform ?? "instagram");
  const [place, setPlace] = useState<Place>({ at: ask.platform ? "sign_in" : "platform" });
  const [typed, setTyped] = useState<Typed>(NOTHING);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);
  const asking = useRef<symbol | null>(null);
  const title = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (place.at !== "sign_in") title.current?.focus();
  }, [place.at]);
  // Whoever leaves the page leaves no sign-in behind that waits in the browser.
  useEffect(
    () => () => {
      if (asking.current) void backend.call("cancel_connect", null).catch(() => undefined);
      asking.current = null;
    },
    [backend],
  );

  const send = async (request: ConnectAccount) => {
    const mine = Symbol("try");
    asking.current = mine;
    setError(null);
    setBusy(true);
    try {
      const answer = await backend.call("connect_account", request);
      if (asking.current !== mine) return;
      switch (answer.result) {
        case "connected":
          setTyped(NOTHING);
          setPlace({ at: "done", account: answer.account_id, permissions: answer.permissions });
          // The first account of one's own is in a workspace of its own: nothing read before may stay.
          void client.invalidateQueries();
          break;
        case "choose_page":
          setPlace({ at: "page", pages: answer.pages });
          break;
        case "missing_permission":
          setPlace({ at: "missing", permissions: answer.permissions });
          break;
        case "cancelled":
          setPlace({ at: "sign_in", cancelled: true });
          break;
      }
    } catch (thrown) {
      if (asking.current === mine) setError(toCommandError(thrown));
    } finally {
      if (asking.current === mine) {
        asking.current = null;
        setBusy(false);
      }
    }
  };
  const request = (page: string | null): ConnectAccount => {
    switch (platform) {
      case "instagram":
        return { way: "instagram_token", token: typed.token.trim() };
      case "facebook":
        return { way: "facebook_token", token: typed.token.trim(), page_id: page };
      case "youtube":
        return { way: "youtube", client_id: typed.clientId.trim(), client_secret: typed.clientSecret.trim() };
    }
  };
  const cancel = () => {
    // The answer to the sign-in itself says that it ended.
    backend.call("cancel_connect", null).catch((thrown: unknown) => {
      setError(toCommandError(thrown));
    });
  };
  const again = () => {
    setError(null);
    // A token holds what was allowed when it was made; a Google client can be asked again.
    if (platform !== "youtube") setTyped(NOTHING);
    setPlace({ at: "sign_in" });
  };
  const close = () => {
    onClose(null);
  };
  const pick = (next: Connectable) => {
    setPlatform(next);
    setTyped(NOTHING);
    setError(null);
  };

  const name = t(`platform.${platform}`);
  const heading = ask.again ? t("connect.again", { name: ask.again }) : place.at === "platform" ? t("connect.title") : t("connect.title_of", { platform: name });
  const body = () => {
    switch (place.at) {
      case "platform":
        return (
          <PlatformStep
            titleRef={title}
            platform={platform}
            onPlatform={pick}
            onClose={close}
            onNext={() => {
              setPlace({ at: "sign_in" });
            }}
          />
        );
      case "sign_in":
        return (
          <SignInStep
            platform={platform}
            typed={typed}
            secrets={secrets}
            busy={busy}
            cancelled={place.cancelled ?? false}
            error={error}
            onTyped={(part) => {
              setTyped({ ...typed, ...part });
              setError(null);
            }}
            onSecrets={onSecrets}
            onCancel={cancel}
            onBack={
              ask.platform
                ? close
                : () => {
                    setError(null);
                    setPlace({ at: "platform" });
                  }
            }
            onSubmit={() => void send(request(null))}
          />
        );
      case "page":
        return <PageStep titleRef={title} pages={place.pages} busy={busy} error={error} onBack={again} onPage={(page) => void send(request(page))} />;
      case "missing":
        return <Missing titleRef={title} platform={platform} permissions={place.permissions} onClose={close} onAgain={again} />;
      case "done":
        return (
          <Done
            titleRef={title}
            platform={platform}
            account={place.account}
            permissions={place.permissions}
            onAgain={again}
            onClose={() => {
              onClose(place.account);
            }}
          />
        );
    }
  };
  return (
    <main className="screen connect" data-testid="connect">
      <div className="bar">
        <button type="button" className="btn-icon" aria-label={t("connect.leave")} onClick={close}>
          <Icon of={ArrowLeft} />
        </button>
        <h1 data-focus-home tabIndex={-1}>
          {heading}
        </h1>
      </div>
      <div className="connect-columns">
        <Steps place={place} platform={platform} fixed={ask.platform !== null} />
        {body()}
      </div>
    </main>
  );
}

function Steps({ place, platform, fixed }: { place: Place; platform: Connectable; fixed: boolean }) {
  const { t } = useTranslation();
  const chosen = fixed || place.at !== "platform";
  const steps: { at: string; word: string; under: string }[] = [
    { at: "platform", word: t("connect.step.platform"), under: chosen ? t(`platform.${platform}`) : t("connect.step.platform_text") },
    { at: "sign_in", word: t("connect.step.sign_in"), under: t(`connect.step.sign_in_${platform}`) },
    ...(platform === "facebook" && chosen ? [{ at: "page", word: t("connect.step.page"), under: t("connect.step.page_text") }] : []),
    { at: "done", word: t("connect.step.check"), under: t("connect.step.check_text") },
  ];
  const here = steps.findIndex((step) => step.at === (place.at === "missing" ? "done" : place.at));
  return (
    <ol className="connect-steps" aria-label={t("connect.steps")}>
      {steps.map((step, at) => {
        const state = at < here || (at === here && place.at === "done") ? "done" : at === here ? (place.at === "missing" ? "bad" : "here") : "later";
        return (
          <li key={step.at} data-state={state} aria-current={at === here ? "step" : undefined}>
            <i aria-hidden="true">{state === "done" ? <Icon of={Check} size={12} /> : state === "bad" ? <Icon of={X} size={12} /> : at + 1}</i>
            <b>{step.word}</b>
            <small>{step.under}</small>
          </li>
        );
      })}
    </ol>
  );
}

interface PlatformProps {
  titleRef: RefObject<HTMLHeadingElement | null>;
  platform: Connectable;
  onPlatform: (platform: Connectable) => void;
  onClose: () => void;
  onNext: () => void;
}

function PlatformStep({ titleRef, platform, onPlatform, onClose, onNext }: PlatformProps) {
  const { t } = useTranslation();
  return (
    <Step
      titleRef={titleRef}
      title={t("connect.which")}
      lead={t("connect.which_text")}
      onSubmit={onNext}
      foot={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t("common.cancel")}
          </button>
          <span className="grow" />
          <button type="submit" className="btn btn-primary">
            {t("connect.next")} <kbd>⏎</kbd>
          </button>
        </>
      }
    >
      <fieldset className="connect-choices">
        <legend className="unseen">{t("connect.which")}</legend>
        {CONNECTABLE.map((each) => (
          <label key={each} className="connect-choice">
            <input
              type="radio"
              name="platform"
              value={each}
              checked={platform === each}
              onChange={() => {
                onPlatform(each);
              }}
            />
            <PlatformIcon platform={each} size={20} />
            <span className="grow">
              <b>{t(`connect.${each}.name`)}</b>
              <span>{t(`connect.${each}.for`)}</span>
              <small className="muted">{t(`connect.${each}.need`)}</small>
            </span>
            <ul aria-label={t("connect.allows")}>
              {(t(`connect.${each}.can`, { returnObjects: true }) as string[]).map((word) => (
                <li key={word}>
                  <Icon of={Check} size={12} />
                  {word}
                </li>
              ))}
            </ul>
          </label>
        ))}
      </fieldset>
    </Step>
  );
}

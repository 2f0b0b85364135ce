import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ready } from "@/test/inbox";
import { expectAccessible, openWindow } from "@/test/openWindow";

const DAMAGED = "the database is damaged (page 12): nothing goes on until a backup is restored";

describe("trouble", () => {
  it("is shown above everything as soon as the engine tells, and goes with it", async () => {
    const window = await ready(openWindow());
    expect(screen.queryByTestId("banner-trouble")).not.toBeInTheDocument();
    act(() => {
      window.engine.trouble(DAMAGED);
    });
    const banner = await screen.findByTestId("banner-trouble");
    expect(banner).toHaveAttribute("role", "alert");
    expect(banner, "what happened, what stands still, what to do").toHaveTextContent(/All work stands still.*database is damaged.*No comment is lost.*moderatoctl restore/);
    expect(screen.getByTestId("sending-toggle").parentElement, "the switch is on, and yet nothing leaves").toHaveTextContent("Nothing is sent now");
    await window.user.keyboard("f");
    await screen.findByTestId("zen");
    expect(screen.getByTestId("banner-trouble"), "one at a time has no furniture, but this").toBeInTheDocument();
    act(() => {
      window.engine.trouble(null);
    });
    await waitFor(() => {
      expect(screen.queryByTestId("banner-trouble")).not.toBeInTheDocument();
    });
  });

  it("is told in Russian, with the engine's English behind a disclosure", async () => {
    openWindow({ state: "trouble", settings: { language: "ru" } });
    const banner = await screen.findByTestId("banner-trouble");
    expect(banner).toHaveTextContent(/Вся работа остановлена.*Диск заполнен или повреждена база данных/);
    expect(within(banner).getByText(/disk is full/).closest("details")).toBeInTheDocument();
  });

  it("has no accessibility finding", async () => {
    openWindow({ state: "trouble" });
    await expectAccessible(await screen.findByTestId("banner-trouble"));
  });
});

describe("a broken settings file", () => {
  it("is named with what stands still, can be put aside, and stays in the settings", async () => {
    const window = await ready(openWindow({ state: "badsettings" }));
    const banner = screen.getByTestId("banner-settings");
    expect(banner).toHaveAttribute("role", "status");
    expect(banner).toHaveTextContent(/outbox\.hold_seconds = 9000.*nothing is sent while they concern sending.*settings\.toml/);
    await window.user.click(within(banner).getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByTestId("banner-settings")).not.toBeInTheDocument();
    await window.user.click(screen.getByTestId("settings-open"));
    expect(await screen.findByTestId("settings-fault")).toHaveTextContent(/outbox\.hold_seconds = 9000/);
  });
});

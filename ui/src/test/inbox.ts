import { screen, waitFor } from "@testing-library/react";
import { expect } from "vitest";
import type { openWindow } from "./openWindow";

/** A question of the sample with a draft and four sources. */
export const QUESTION = /Does the 26 cm skillet work/;

type Opened = ReturnType<typeof openWindow>;

export async function ready(window: Opened): Promise<Opened> {
  await screen.findByTestId("comment-list");
  await screen.findByTestId("comment-text");
  return window;
}

/** Opens the first comment in the list that says this. */
export async function open(window: Opened, text: RegExp): Promise<HTMLElement> {
  const row = window.rows().find((each) => text.test(each.textContent));
  if (!row) throw new Error(`no row shows ${String(text)}`);
  await window.user.click(row);
  await waitFor(() => {
    expect(screen.getByTestId("comment-text")).toHaveTextContent(text);
  });
  return row;
}

export const spoken = () => screen.getByTestId("live-region").textContent;
export const detailOf = () => Number(screen.getByTestId("detail").dataset.comment);

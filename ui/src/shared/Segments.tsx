import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";

/** One of a few words, all in sight. */
export function Segments<T extends string>({
  label,
  value,
  options,
  sign,
  onChange,
}: {
  label: string;
  /** Shown with the label before the words, where nothing else names the group. */
  sign?: ReactNode;
  value: T;
  options: { value: T; text: string }[];
  onChange: (value: T) => void;
}) {
  const group = (
    <RadioGroup.Root
      className="segments"
      aria-label={label}
      value={value}
      orientation="horizontal"
      onValueChange={(next) => {
        onChange(next as T);
      }}
    >
      {options.map((option) => (
        <RadioGroup.Item key={option.value} value={option.value}>
          {option.text}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
  if (!sign) return group;
  return (
    <span className="segments-named">
      {sign}
      <span aria-hidden="true">{label}</span>
      {group}
    </span>
  );
}

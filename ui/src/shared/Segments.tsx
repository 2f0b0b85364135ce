import { RadioGroup } from "radix-ui";

/** One of a few words, all in sight. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: { value: T; text: string }[];
  onChange: (value: T) => void;
}) {
  return (
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
}

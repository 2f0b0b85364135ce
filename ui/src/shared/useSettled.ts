import { useEffect, useState } from "react";

/** The value once it has stood still for a while, or as soon as that is asked for. */
export function useSettled<T>(value: T, pauseMs: number): [T, () => void] {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, pauseMs);
    return () => {
      clearTimeout(timer);
    };
  }, [value, pauseMs]);
  return [
    settled,
    () => {
      setSettled(value);
    },
  ];
}

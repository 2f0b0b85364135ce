import type { LucideIcon } from "lucide-react";

/** Every icon is decoration: the word beside it or the button's label speaks. */
export function Icon({ of: Shape, size = 16 }: { of: LucideIcon; size?: number }) {
  return <Shape className="icon" size={size} strokeWidth={size <= 12 ? 2 : 1.75} aria-hidden="true" />;
}

export function InstagramIcon({ size = 16 }: { size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" aria-hidden="true">
      <rect x="2" y="2" width="12" height="12" rx="3.6" />
      <circle cx="8" cy="8" r="2.8" />
      <circle cx="11.4" cy="4.6" r=".7" fill="currentColor" stroke="none" />
    </svg>
  );
}

export function YouTubeIcon({ size = 16 }: { size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" aria-hidden="true">
      <rect x="1.7" y="3.6" width="12.6" height="8.8" rx="2.8" />
      <path d="M6.9 6.3v3.4L9.8 8z" fill="currentColor" strokeLinejoin="round" />
    </svg>
  );
}

export function FacebookIcon({ size = 16 }: { size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" aria-hidden="true">
      <circle cx="8" cy="8" r="6" />
      <path d="M8.3 13.9V7.1c0-1.1.6-1.7 1.7-1.7h.6M6.3 8.4h3.9" />
    </svg>
  );
}

export function TelegramIcon({ size = 16 }: { size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinejoin="round" aria-hidden="true">
      <path d="M14 2.8 2 7.5l3.8 1.5L7.3 13.4l2.200-2.6 2.9 2.1zM5.8 9 11 5.4" />
    </svg>
  );
}

export function PlatformIcon({ platform, size = 16 }: { platform: string; size?: number }) {
  switch (platform) {
    case "youtube":
      return <YouTubeIcon size={size} />;
    case "facebook":
      return <FacebookIcon size={size} />;
    case "telegram":
      return <TelegramIcon size={size} />;
    default:
      return <InstagramIcon size={size} />;
  }
}

export function Mark({ size = 18 }: { size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M5.8 2.2h4.4l3 11.3H2.8z" />
      <path d="M8 10.6 12.2 4.4M4 10.6h8" />
    </svg>
  );
}

/** Icons; the words beside them say what they mean. */

import type { ReactNode } from "react";

function Icon({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return (
    <svg
      className={`icon ${className ?? ""}`}
      viewBox="0 0 20 20"
      fill="none"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const line = {
  stroke: "currentColor",
  strokeWidth: 1.75,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

export const Check = () => (
  <Icon>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" {...line} />
  </Icon>
);
export const Play = () => (
  <Icon>
    <path
      d="M6.5 4.600v10.800c0 .5.5.8 1 .5l8.3-5.400a.6.6 0 0 0 0-1L7.5 4.100a.65.65 0 0 0-1 .5Z"
      fill="currentColor"
    />
  </Icon>
);
export const Cloud = () => (
  <Icon>
    <path d="M6 15.5a3.5 3.5 0 0 1-.4-7 4.5 4.5 0 0 1 8.7.7 3.2 3.2 0 0 1-.3 6.300H6Z" {...line} />
    <path d="m7.8 11.3 1.7 1.7 2.900-3.2" {...line} />
  </Icon>
);
export const CloudOff = () => (
  <Icon>
    <path d="M8.2 6.200a4.5 4.5 0 0 1 6.1 3 3.2 3.2 0 0 1 1.900 5M13 15.5H6a3.5 3.5 0 0 1-.4-7" {...line} />
    <path d="m3.5 3.5 13 13" {...line} />
  </Icon>
);
export const Sync = () => (
  <Icon className="spin">
    <path d="M15.8 8.5A6 6 0 0 0 5 7L3.8 8.5M4.2 11.5A6 6 0 0 0 15 13l1.2-1.5" {...line} />
    <path d="M3.8 5v3.5h3.5M16.2 15v-3.5h-3.5" {...line} />
  </Icon>
);
export const Alert = () => (
  <Icon>
    <path
      d="M10 7v4M10 13.800v.1M9.1 3.5 2.6 14.700a1 1 0 0 0 .9 1.5h13a1 1 0 0 0 .9-1.5L10.900 3.5a1 1 0 0 0-1.8 0Z"
      {...line}
    />
  </Icon>
);
export const Devices = () => (
  <Icon>
    <rect x="2.5" y="4" width="11" height="8.5" rx="1.5" {...line} />
    <rect x="12" y="8.5" width="5.5" height="8" rx="1.2" {...line} />
  </Icon>
);
export const Restart = () => (
  <Icon>
    <path d="M4.3 8.200a6 6 0 1 1-.2 3.400M4 4.5v4h4" {...line} />
  </Icon>
);

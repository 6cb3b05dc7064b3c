import type { ComponentChildren, JSX } from 'preact';

// Drawn here, sixteen units wide, in the text's colour. They are decoration: names stand in the text or in aria-label.

function icon(paths: ComponentChildren): () => JSX.Element {
  return () => (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
      {paths}
    </svg>
  );
}

export const KeysIcon = icon(<><path d="M2.500 3.500h11M2.500 8h11M2.500 12.500h7" /></>);
export const CommandIcon = icon(<><path d="m3 4.500 3.500 3.500L3 11.500M8.500 11.500H13" /></>);
export const LiveIcon = icon(<><path d="M1.800 9h2.700l2-5.500 3 9 2-5h2.700" /></>);
export const DurabilityIcon = icon(<><path d="M8 1.800 13 3.700v4c0 3.100-2 5.300-5 6.500-3-1.200-5-3.400-5-6.500v-4z" /><path d="m5.800 7.900 1.600 1.600 2.900-3.200" /></>);
export const SlowIcon = icon(<><circle cx="8" cy="8.500" r="5.200" /><path d="M8 5.800v2.900l1.900 1.200M6.300 1.500h3.400" /></>);
export const ClientsIcon = icon(<><circle cx="6" cy="5.500" r="2.300" /><path d="M1.800 13c.3-2.500 1.900-3.900 4.200-3.900s3.900 1.400 4.200 3.900M10.600 3.500a2.200 2.200 0 0 1 0 4.100M12 9.600c1.300.5 2.100 1.700 2.300 3.400" /></>);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const ReloadIcon = icon(<><path d="M13 8a5 5 0 1 1-1.500-3.600L13 6" /><path d="M13 2.700V6H9.700" /></>);
export const SortIcon = icon(<><path d="M5 3v10M2.800 10.800 5 13l2.200-2.200M11 13V3M8.800 5.200 11 3l2.200 2.200" /></>);
export const SearchIcon = icon(<><circle cx="7" cy="7" r="4.200" /><path d="m10.200 10.200 3.300 3.300" /></>);
export const TrashIcon = icon(<><path d="M2.800 4.300h10.400M6.300 4.300V2.700h3.400v1.600M4.200 4.300l.6 9h6.400l.6-9M6.700 7v3.700M9.300 7v3.700" /></>);
export const PenIcon = icon(<><path d="m3 13 .6-2.700 7.300-7.300 2.100 2.100-7.300 7.300zM9.500 4.400l2.100 2.100" /></>);
export const CopyIcon = icon(<><rect x="5.500" y="5.500" width="8" height="8" rx="1.500" /><path d="M10.500 3.200v-.2A1.500 1.500 0 0 0 9 1.500H3.500A1.500 1.500 0 0 0 2 3v5.500A1.500 1.500 0 0 0 3.500 10h.2" /></>);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const BackIcon = icon(<path d="M10 3 5 8l5 5" />);
export const ClockIcon = icon(<><circle cx="8" cy="8" r="5.500" /><path d="M8 5v3.200l2.200 1.300" /></>);
export const SunIcon = icon(<><circle cx="8" cy="8" r="2.800" /><path d="M8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.9.9M11.700 11.700l.9.9M3.400 12.600l.9-.9M11.700 4.300l.9-.9" /></>);
export const MoonIcon = icon(<path d="M13 9.700A5.600 5.600 0 0 1 6.300 3a5.600 5.600 0 1 0 6.700 6.700z" />);
export const AutoIcon = icon(<><circle cx="8" cy="8" r="5.500" /><path d="M8 2.500v11a5.500 5.500 0 0 0 0-11z" fill="currentColor" stroke="none" /></>);
export const HelpIcon = icon(<><circle cx="8" cy="8" r="6" /><path d="M6.200 6.300a1.800 1.800 0 1 1 2.600 1.600c-.6.3-.8.6-.8 1.300M8 11.400v.1" /></>);
export const OutIcon = icon(<><path d="M6.500 13.500h-3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1h3M10.500 11l3-3-3-3M13.500 8h-7" /></>);
export const InIcon = icon(<><circle cx="8" cy="5.500" r="2.600" /><path d="M3 13.500c.4-2.800 2.200-4.300 5-4.300s4.600 1.500 5 4.300" /></>);
export const WarnIcon = icon(<><path d="M8 2.300 14.300 13H1.700z" /><path d="M8 6.500v3M8 11.200v.1" /></>);

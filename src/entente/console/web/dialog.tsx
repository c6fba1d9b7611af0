/** The frame of what opens over a page. */

import { type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Framed {
  label: string;
  closing: string; // what the button that closes it is called
  close: () => void;
  children: ComponentChildren;
}

/** A native dialog: it keeps the focus inside, closes with Esc, and gives the focus back. */
export function Dialog({ label, closing, close, children }: Framed): ComponentChildren {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current as HTMLDialogElement;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={box} aria-label={label} onClose={close} onClick={(event) => event.target === box.current && close()}>
      <div class="inside">
        <header>
          <h2>{label}</h2>
          <button class="close" onClick={close} aria-label={closing}>
            ×
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

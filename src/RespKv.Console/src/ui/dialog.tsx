import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { errorText } from '../api/http';
import { CloseIcon } from './icons';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}

/** A modal dialog of the browser: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, children, wide }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = element.current!;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" class="quiet square" aria-label="Close" onClick={onClose}><CloseIcon /></button>
      </header>
      {children}
    </dialog>
  );
}

interface FormDialogProps extends DialogProps {
  readonly action: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Runs on the button and on Enter. What it throws is shown in the dialog, which then stays. */
  readonly onSubmit: () => Promise<void> | void;
}

export function FormDialog({ action, danger, disabled, onSubmit, onClose, children, ...rest }: FormDialogProps): JSX.Element {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
    } catch (thrown) {
      setError(errorText(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog {...rest} onClose={onClose}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && !disabled) {
            void submit();
          }
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            event.currentTarget.requestSubmit();
          }
        }}
      >
        <div class="dialog-body">{children}</div>
        {error !== null && <p class="problem" role="alert">{error}</p>}
        <footer class="dialog-foot">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy || disabled}>{action}</button>
        </footer>
      </form>
    </Dialog>
  );
}

interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  readonly action: string;
  readonly run: () => Promise<void>;
}

const question = signal<Question | null>(null);

/** Asks before something that cannot be undone. The focus stands on Cancel's side: Enter alone does not do it. */
export function askFirst(next: Question): void {
  question.value = next;
}

export function QuestionHost(): JSX.Element | null {
  const open = question.value;
  if (open === null) {
    return null;
  }

  const close = (): void => {
    question.value = null;
  };
  return (
    <FormDialog
      key={open.title}
      title={open.title}
      action={open.action}
      danger
      onClose={close}
      onSubmit={async () => {
        await open.run();
        close();
      }}
    >
      <div class="question">{open.text}</div>
    </FormDialog>
  );
}

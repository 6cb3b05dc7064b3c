import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { errorText, loginWanted, logIn, request, type Credentials } from '../api/http';

export function LoginPage(): JSX.Element {
  const [user, setUser] = useState('default');
  const [password, setPassword] = useState('');
  const [keep, setKeep] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const attempt: Credentials = { user: user.trim() === '' ? 'default' : user.trim(), password };
    try {
      // A refusal of PING for want of a permission is a login all the same.
      await request('v1/command', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '["PING"]', as: attempt, accept: [403] });
      logIn(attempt, keep);
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
    }
  };
  return (
    <main class="login">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1>Log in to RespKv</h1>
        {loginWanted.value !== '' && problem === null && <p class="hint">{loginWanted.value}</p>}
        <label class="field"><span class="label">User</span><input name="username" autocomplete="username" autocapitalize="off" spellcheck={false} value={user} onInput={(event) => setUser(event.currentTarget.value)} /></label>
        <label class="field"><span class="label">Password</span><input name="password" type="password" autocomplete="current-password" autoFocus value={password} onInput={(event) => setPassword(event.currentTarget.value)} /></label>
        <label class="check"><input type="checkbox" checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} /><span>Stay logged in when this tab is loaded again</span></label>
        {problem !== null && <p class="problem" role="alert">{problem}</p>}
        <button type="submit" class="primary" disabled={busy}>Log in</button>
        {loginWanted.value === '' && <button type="button" class="quiet" onClick={() => { loginWanted.value = null; }}>Go on without logging in</button>}
        <p class="hint">The password stays in this tab and goes to this server only.</p>
      </form>
    </main>
  );
}

using System.Globalization;
using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.PubSub;

/// <summary>MONITOR: every command that is executed, as one line for each client that asked. Guarded by the turn.</summary>
/// <remarks>
/// A line leaves with what was appended when its command ended (<see cref="Pusher"/>). What administers the server is not shown, and passwords
/// are not.
/// </remarks>
internal sealed class Monitors(RespEngine engine)
{
    private readonly List<Session> _monitors = [];
    private readonly ReplyBuffer _line = new();

    public bool IsOn => _monitors.Count != 0;

    public void Add(Session session)
    {
        session.IsMonitor = true;
        _monitors.Add(session);
        engine.NoteObservers();
    }

    public void Forget(Session session)
    {
        if (session.IsMonitor)
        {
            session.IsMonitor = false;
            _monitors.Remove(session);
            engine.NoteObservers();
        }
    }

    /// <summary>A command was executed.</summary>
    public void Tell(Session session, CommandEntry entry, RequestArgs args)
    {
        if (entry.Has(CommandFlags.SkipMonitor | CommandFlags.Admin) || engine.State == EngineState.Loading)
        {
            return;
        }

        _line.Clear();
        Write(Prefix(session));
        for (int i = 0; i < args.Count; i++)
        {
            _line.Write(i == 0 ? "\""u8 : " \""u8);
            if (IsSecret(entry, args, i))
            {
                _line.Write("(redacted)"u8);
            }
            else
            {
                WriteEscaped(args[i]);
            }

            _line.Write("\""u8);
        }

        _line.Write("\r\n"u8);
        byte[] line = _line.ToArray();
        _line.Clear();
        foreach (Session monitor in _monitors)
        {
            engine.Pusher.Push(monitor, line, isPush: false);
        }
    }

    private string Prefix(Session session)
    {
        long micros = engine.NowMicros();
        bool isUnix = session.RemoteAddress.StartsWith('/');
        return string.Create(
            CultureInfo.InvariantCulture,
            $"+{micros / 1_000_000}.{micros % 1_000_000:D6} [{session.Database} {(isUnix ? $"unix:{engine.Config.UnixSocket}" : session.RemoteAddress)}] ");
    }

    /// <summary>AUTH's arguments, and the two behind HELLO's AUTH.</summary>
    private static bool IsSecret(CommandEntry entry, RequestArgs args, int i)
    {
        if (!entry.Has(CommandFlags.HasSecrets) || i == 0)
        {
            return false;
        }

        return entry.Name != "hello" || (i >= 3 && args[i - 1].Is("auth"u8)) || (i >= 4 && args[i - 2].Is("auth"u8));
    }

    private void Write(string text) => _line.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>As in C: what is not printable ASCII is escaped.</summary>
    private void WriteEscaped(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hex = stackalloc byte[4];
        foreach (byte b in bytes)
        {
            switch (b)
            {
                case (byte)'\\' or (byte)'"':
                    _line.Write([(byte)'\\', b]);
                    break;
                case (byte)'\n':
                    _line.Write("\\n"u8);
                    break;
                case (byte)'\r':
                    _line.Write("\\r"u8);
                    break;
                case (byte)'\t':
                    _line.Write("\\t"u8);
                    break;
                case (byte)'\a':
                    _line.Write("\\a"u8);
                    break;
                case (byte)'\b':
                    _line.Write("\\b"u8);
                    break;
                case >= 0x20 and < 0x7F:
                    _line.Write([b]);
                    break;
                default:
                    hex[0] = (byte)'\\';
                    hex[1] = (byte)'x';
                    b.TryFormat(hex[2..], out _, "x2", CultureInfo.InvariantCulture);
                    _line.Write(hex);
                    break;
            }
        }
    }
}

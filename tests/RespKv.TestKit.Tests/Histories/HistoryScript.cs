using System.Globalization;
using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Tests.Histories;

/// <summary>
/// A history as text, one event a line: <c>A&gt; GET k</c>, client A sends; <c>A&lt; "v"</c>, A reads the answer of its first call
/// that has none; <c>A! ERR no</c>, that call was refused for a reason outside of the model; <c>before k=v</c> and
/// <c>after k=v</c>, what was there. Answers: <c>nil</c>, a number, <c>"bytes"</c>, <c>[1, nil]</c>, otherwise a simple string, and an
/// error where it starts with ERR.
/// </summary>
internal sealed class HistoryScript
{
    private readonly HistoryRecorder _recorder = new();
    private readonly Dictionary<char, Queue<HistoryCall>> _open = [];
    private readonly ServerModel _start = new();
    private ServerModel? _end;

    private HistoryScript()
    {
    }

    public static HistoryVerdict Check(string text, long budgetStates = HistoryChecker.DefaultBudgetStates)
    {
        var script = new HistoryScript();
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            script.Add(line);
        }

        return HistoryChecker.Check(script._recorder.Take(), script._start, script._end, budgetStates);
    }

    private void Add(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] is "before" or "after")
        {
            Load(words[0] == "before" ? _start : _end ??= new ServerModel(), words[1..]);
            return;
        }

        char client = line[0];
        _open.TryAdd(client, new Queue<HistoryCall>());
        switch (line[1])
        {
            case '>':
                _open[client].Enqueue(_recorder.Begin(client - 'A', words[1..]));
                break;
            case '<':
                _open[client].Dequeue().Ok(Reply(line[2..].Trim()));
                break;
            default:
                _open[client].Dequeue().Failed(Reply(line[2..].Trim()));
                break;
        }
    }

    private static void Load(ServerModel model, string[] pairs)
    {
        foreach (string[] pair in pairs.Select(pair => pair.Split('=')))
        {
            model.Load(0, pair[0], pair[1], -1);
        }
    }

    private static RespValue Reply(string text)
    {
        string wire = Wire(text);
        Assert.True(RespReplyReader.TryRead(Encoding.Latin1.GetBytes(wire), out RespValue? value, out int consumed) && consumed == wire.Length, text);
        return value;
    }

    private static string Wire(string text) => text switch
    {
        "nil" => "$-1\r\n",
        "[]" => "*0\r\n",
        _ when text[0] == '[' => text[1..^1].Split(", ") is var items ? $"*{items.Length}\r\n{string.Concat(items.Select(Wire))}" : "",
        _ when text[0] == '"' => $"${text.Length - 2}\r\n{text[1..^1]}\r\n",
        _ when long.TryParse(text, CultureInfo.InvariantCulture, out _) => $":{text}\r\n",
        _ when text.StartsWith("ERR", StringComparison.Ordinal) => $"-{text}\r\n",
        _ => $"+{text}\r\n",
    };
}

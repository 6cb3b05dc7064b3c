using RespKv.Protocol;
using RespKv.TestKit.Engine;

namespace RespKv.Engine.Tests.PubSub;

/// <summary>Messages and replies as one line of words.</summary>
internal static class PushText
{
    /// <summary>Words; those with spaces, and arrays inside, in brackets.</summary>
    public static string Text(RespValue value) => value.Items.Count == 0 ? Word(value) : string.Join(' ', value.Items.Select(Word));

    /// <summary>Everything that has arrived.</summary>
    public static string[] Arrived(TestClient client)
    {
        var texts = new List<string>();
        while (client.TryRead(out RespValue value))
        {
            texts.Add(Text(value));
        }

        return [.. texts];
    }

    private static string Word(RespValue value)
        => value.Kind == RespKind.Integer ? $"{value.Integer}"
            : value.IsNull ? "nil"
            : value.Items.Count > 0 ? $"[{Text(value)}]"
            : value.Text.Contains(' ', StringComparison.Ordinal) ? $"[{value.Text}]" : value.Text;
}

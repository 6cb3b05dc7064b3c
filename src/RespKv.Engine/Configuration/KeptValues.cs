using System.Collections.Concurrent;

namespace RespKv.Engine.Configuration;

/// <summary>
/// Values of directives that no code reads: Redis's, which tools set and ask for. See <see cref="KeptDirectives"/>. Any thread.
/// </summary>
internal sealed class KeptValues
{
    private readonly ConcurrentDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);

    public long Number(string name) => _numbers.GetValueOrDefault(name);

    public string Text(string name) => _texts.GetValueOrDefault(name, "");

    public void Set(string name, long value) => _numbers[name] = value;

    public void Set(string name, string value) => _texts[name] = value;
}

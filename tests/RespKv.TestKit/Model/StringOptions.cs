namespace RespKv.TestKit.Model;

/// <summary>The options of SET and GETEX.</summary>
internal sealed class StringOptions
{
    private static readonly string[] Units = ["EX", "PX", "EXAT", "PXAT"];

    private readonly HashSet<string> _flags = [];
    private string _time = "";

    /// <summary>EX, PX, EXAT, PXAT, or nothing.</summary>
    public string Unit { get; private set; } = "";

    public bool Has(string flag) => _flags.Contains(flag);

    /// <summary>Null for a syntax error.</summary>
    public static StringOptions? Parse(ModelCall call, int first, string[] flags)
    {
        var options = new StringOptions();
        for (int i = first; i < call.Count; i++)
        {
            string word = call[i].ToUpperInvariant();
            if (flags.Contains(word))
            {
                options._flags.Add(word);
            }
            else if (Units.Contains(word) && i + 1 < call.Count && options.Unit.Length == 0)
            {
                options.Unit = word;
                options._time = call[++i];
            }
            else
            {
                return null;
            }
        }

        bool contradictory = (options.Has("NX") && options.Has("XX"))
            || (options.Unit.Length > 0 && (options.Has("KEEPTTL") || options.Has("PERSIST")));
        return contradictory ? null : options;
    }

    /// <summary>The time that the options give, <see cref="ModelEntry.Never"/> without one; or the error.</summary>
    public ModelReply? ExpireAt(ModelCall call, out long expireAtMillis)
    {
        expireAtMillis = ModelEntry.Never;
        return Unit.Length == 0 ? null : ExpireAt(call, Unit, _time, out expireAtMillis);
    }

    public static ModelReply? ExpireAt(ModelCall call, string unit, string text, out long expireAtMillis)
    {
        expireAtMillis = ModelEntry.Never;
        if (!ModelCall.TryInteger(text, out long time))
        {
            return ModelReply.NotAnInteger;
        }

        Int128 millis = unit is "EX" or "EXAT" ? (Int128)time * 1000 : time;
        Int128 at = unit is "EX" or "PX" ? millis + call.NowMillis : millis;
        if (time <= 0 || at > long.MaxValue)
        {
            return ModelReply.Error($"ERR invalid expire time in '{call.Name.ToLowerInvariant()}' command");
        }

        expireAtMillis = (long)at;
        return null;
    }
}

namespace RespKv.TestKit.Model;

/// <summary>Commands about parts of strings.</summary>
internal static class RangeModel
{
    /// <summary>Redis's bound of a string, 512 MB.</summary>
    private const long ValueBytesMax = 512L << 20;

    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("GETRANGE", 4, KeyPlaces.One, GetRange),
        new("SUBSTR", 4, KeyPlaces.One, GetRange),
        new("SETRANGE", 4, KeyPlaces.One, SetRange),
    ];

    private static ModelReply GetRange(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[2], out long start) || !ModelCall.TryInteger(call[3], out long end))
        {
            return ModelReply.NotAnInteger;
        }

        string value = call.FindString(call[1])?.Value ?? "";
        if (start < 0 && end < 0 && start > end)
        {
            return ModelReply.Bulk("");
        }

        start = Math.Max(0, start < 0 ? value.Length + start : start);
        end = Math.Min(value.Length - 1, Math.Max(0, end < 0 ? value.Length + end : end));
        return ModelReply.Bulk(start > end ? "" : value[(int)start..((int)end + 1)]);
    }

    private static ModelReply SetRange(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[2], out long offset))
        {
            return ModelReply.NotAnInteger;
        }

        if (offset < 0)
        {
            return ModelReply.Error("ERR offset is out of range");
        }

        ModelEntry old = call.FindString(call[1]) ?? new ModelEntry("");
        string part = call[3];
        if (part.Length == 0)
        {
            return ModelReply.Integer(old.Value.Length);
        }

        if ((Int128)offset + part.Length > ValueBytesMax)
        {
            return ModelReply.Error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }

        string padded = old.Value.PadRight((int)offset, '\0');
        string value = padded[..(int)offset] + part + padded[Math.Min(padded.Length, (int)offset + part.Length)..];
        call.Put(call[1], old with { Value = value });
        return ModelReply.Integer(value.Length);
    }
}

using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>Commands that count.</summary>
internal static class NumberModel
{
    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("INCR", 2, KeyPlaces.One, call => Add(call, 1)),
        new("DECR", 2, KeyPlaces.One, call => Add(call, -1)),
        new("INCRBY", 3, KeyPlaces.One, call => ModelCall.TryInteger(call[2], out long by) ? Add(call, by) : ModelReply.NotAnInteger),
        new("DECRBY", 3, KeyPlaces.One, DecrBy),
        new("INCRBYFLOAT", 3, KeyPlaces.One, IncrByFloat),
    ];

    private static ModelReply DecrBy(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[2], out long by))
        {
            return ModelReply.NotAnInteger;
        }

        return by == long.MinValue ? ModelReply.Error("ERR decrement would overflow") : Add(call, -by);
    }

    private static ModelReply Add(ModelCall call, long by)
    {
        ModelEntry old = call.FindString(call[1]) ?? new ModelEntry("0");
        if (!ModelCall.TryInteger(old.Value, out long value))
        {
            return ModelReply.NotAnInteger;
        }

        Int128 sum = (Int128)value + by;
        if (sum > long.MaxValue || sum < long.MinValue)
        {
            return ModelReply.Error("ERR increment or decrement would overflow");
        }

        call.Put(call[1], old with { Value = sum.ToString(CultureInfo.InvariantCulture) });
        return ModelReply.Integer((long)sum);
    }

    private static ModelReply IncrByFloat(ModelCall call)
    {
        ModelEntry old = call.FindString(call[1]) ?? new ModelEntry("0");
        if (ExtendedFloat.Parse(old.Value) is not { } value || ExtendedFloat.Parse(call[2]) is not { } by)
        {
            return ModelReply.Error("ERR value is not a valid float");
        }

        ExtendedFloat sum = value + by;
        if (!sum.IsFinite)
        {
            return ModelReply.Error("ERR increment would produce NaN or Infinity");
        }

        call.Put(call[1], old with { Value = sum.ToString() });
        return ModelReply.Bulk(sum.ToString());
    }
}

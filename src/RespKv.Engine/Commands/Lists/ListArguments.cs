using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Lists;

/// <summary>What list commands read out of arguments, with Redis's error replies when it is not there.</summary>
internal static class ListArguments
{
    /// <summary>Reads LEFT or RIGHT. False: the error has been replied.</summary>
    public static bool TrySide(CommandContext c, ReadOnlySpan<byte> argument, out bool first)
    {
        first = argument.Is("left"u8);
        if (first || argument.Is("right"u8))
        {
            return true;
        }

        c.Fail(Errors.Syntax);
        return false;
    }

    /// <summary>Reads an integer that is not below a minimum. False: the error, the same for whatever is wrong with it, has been replied.</summary>
    public static bool TryAtLeast(CommandContext c, ReadOnlySpan<byte> argument, long min, string error, out long value)
    {
        if (RespNumber.TryParseInt64(argument, out value) && value >= min)
        {
            return true;
        }

        c.Fail(error);
        return false;
    }
}

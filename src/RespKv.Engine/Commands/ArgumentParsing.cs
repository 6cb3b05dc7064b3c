using System.Text;
using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands;

/// <summary>What handlers read out of arguments, with Redis's error replies when it is not there.</summary>
internal static class ArgumentParsing
{
    /// <summary>Whether the argument is that option, in any case.</summary>
    public static bool Is(this ReadOnlySpan<byte> argument, ReadOnlySpan<byte> option) => Ascii.EqualsIgnoreCase(argument, option);

    /// <summary>Reads a 64-bit integer. False: the error has been replied.</summary>
    public static bool TryInteger(CommandContext c, ReadOnlySpan<byte> argument, out long value)
    {
        if (RespNumber.TryParseInt64(argument, out value))
        {
            return true;
        }

        c.Fail(Errors.NotInteger);
        return false;
    }

    /// <summary>
    /// Reads the number of an existing database. False: the error has been replied. <paramref name="notNumber"/> takes the place
    /// of both texts that Redis has for what is not a 32-bit integer.
    /// </summary>
    public static bool TryDatabase(ReadContext c, ReadOnlySpan<byte> argument, out int database, string? notNumber = null)
    {
        if (!TryInt32(c, argument, out database, notNumber))
        {
            return false;
        }

        if ((uint)database < (uint)c.DatabaseCount)
        {
            return true;
        }

        c.Fail(Errors.DatabaseIndex);
        return false;
    }

    /// <summary>Reads a 32-bit integer. False: the error has been replied; <paramref name="notNumber"/> as in <see cref="TryDatabase"/>.</summary>
    public static bool TryInt32(CommandContext c, ReadOnlySpan<byte> argument, out int value, string? notNumber = null)
    {
        value = 0;
        if (!RespNumber.TryParseInt64(argument, out long wide))
        {
            c.Fail(notNumber ?? Errors.NotInteger);
            return false;
        }

        if (wide is < int.MinValue or > int.MaxValue)
        {
            c.Fail(notNumber ?? "ERR value is out of range, value must between -2147483648 and 2147483647");
            return false;
        }

        value = (int)wide;
        return true;
    }
}

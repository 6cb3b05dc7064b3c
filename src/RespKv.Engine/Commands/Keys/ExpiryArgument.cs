using RespKv.Engine.Execution;

namespace RespKv.Engine.Commands.Keys;

/// <summary>How a command states an expiry.</summary>
internal enum ExpiryForm : byte
{
    None,

    /// <summary>Seconds from now (EX).</summary>
    Seconds,

    /// <summary>Milliseconds from now (PX).</summary>
    Millis,

    /// <summary>Unix seconds (EXAT).</summary>
    AtSeconds,

    /// <summary>Unix milliseconds (PXAT).</summary>
    AtMillis,
}

/// <summary>Expiries given together with a value: SET, SETEX, PSETEX, GETEX.</summary>
internal static class ExpiryArgument
{
    /// <summary>
    /// Turns an argument into absolute Unix milliseconds, which may lie in the past. False: not an integer, not positive, or beyond
    /// 64 bits, and the error has been replied.
    /// </summary>
    public static bool TryResolve(CommandContext c, ReadOnlySpan<byte> argument, ExpiryForm form, string command, out long atMillis)
    {
        if (!ArgumentParsing.TryInteger(c, argument, out atMillis))
        {
            return false;
        }

        bool inSeconds = form is ExpiryForm.Seconds or ExpiryForm.AtSeconds;
        if (atMillis > 0 && (!inSeconds || atMillis <= long.MaxValue / 1000))
        {
            atMillis *= inSeconds ? 1000 : 1;
            atMillis += form is ExpiryForm.Seconds or ExpiryForm.Millis ? c.NowMillis : 0;

            // Negative now means that the sum has left the 64 bits.
            if (atMillis > 0)
            {
                return true;
            }
        }

        c.Fail(Errors.InvalidExpire(command));
        return false;
    }
}

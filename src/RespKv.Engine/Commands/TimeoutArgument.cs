using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands;

/// <summary>A timeout in milliseconds, with Redis's error replies.</summary>
internal static class TimeoutArgument
{
    /// <summary>Reads a timeout. False: the error has been replied.</summary>
    /// <param name="c">The running command.</param>
    /// <param name="argument">Milliseconds; 0 means for ever.</param>
    /// <param name="deadlineMillis">Unix milliseconds, -1 for ever.</param>
    public static bool TryDeadline(CommandContext c, ReadOnlySpan<byte> argument, out long deadlineMillis)
    {
        deadlineMillis = -1;
        if (!RespNumber.TryParseInt64(argument, out long timeoutMillis))
        {
            c.Fail("ERR timeout is not an integer or out of range");
            return false;
        }

        return TryDeadline(c, timeoutMillis, out deadlineMillis);
    }

    /// <summary>As <see cref="TryDeadline(CommandContext, ReadOnlySpan{byte}, out long)"/>, for a number of seconds that may have a fraction.</summary>
    public static bool TryDeadlineOfSeconds(CommandContext c, ReadOnlySpan<byte> argument, out long deadlineMillis)
    {
        deadlineMillis = -1;
        if (!RespNumber.TryParseMillis(argument, out long timeoutMillis))
        {
            c.Fail("ERR timeout is not a float or out of range");
            return false;
        }

        return TryDeadline(c, timeoutMillis, out deadlineMillis);
    }

    private static bool TryDeadline(CommandContext c, long timeoutMillis, out long deadlineMillis)
    {
        deadlineMillis = -1;
        if (timeoutMillis < 0)
        {
            c.Fail("ERR timeout is negative");
            return false;
        }

        if (timeoutMillis > 0)
        {
            // Beyond the end of time is its end: Redis 7.0 wraps around there, which ends the wait at once.
            deadlineMillis = timeoutMillis > long.MaxValue - c.NowMillis ? long.MaxValue : c.NowMillis + timeoutMillis;
        }

        return true;
    }
}

using System.Diagnostics;
using RespKv.Engine.Commands;
using RespKv.Engine.Sessions;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>Runs the handler of one command that was admitted, and counts what it took. Guarded by the turn.</summary>
internal sealed class CommandRunner(RespEngine engine)
{
    private static readonly long TicksPerMicro = Math.Max(1, Stopwatch.Frequency / 1_000_000);

    private readonly WriteContext _write = new(engine);

    /// <summary>For replies that no command gives, too.</summary>
    public ReadContext Read { get; } = new(engine);

    /// <summary>The context that the command's handler takes, which is all that a read command is given.</summary>
    public ReadContext ContextOf(CommandEntry entry) => entry.Write is null ? Read : _write;

    /// <summary>False: the command found that it has to wait, and has changed nothing; never inside a MULTI block.</summary>
    /// <param name="session">The client.</param>
    /// <param name="entry">The command.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="context">Its context (<see cref="ContextOf"/>), begun.</param>
    /// <param name="start">Where its reply begins.</param>
    public bool Run(Session session, CommandEntry entry, RequestArgs args, ReadContext context, long start)
    {
        int fillBytes = engine.Commit.Fill.ByteCount;
        try
        {
            if (entry.Write is { } write)
            {
                write((WriteContext)context, args);
            }
            else
            {
                entry.Read!(context, args);
            }
        }
        catch (NoRoomException e)
        {
            // At most keys that it found expired are in its record, and they are deleted either way.
            engine.TurnWriter.Buffer.Truncate(start);
            if (e.Admission == Admission.Wait)
            {
                engine.EndRecord();
                engine.Commit.Gate.PostponeForRoom(session);
                return false;
            }

            context.Fail(e.Message);
        }
        catch (Exception e) when (engine.Commit.Fill.ByteCount == fillBytes)
        {
            // It has changed nothing yet, so it can be refused like any other.
            engine.TurnWriter.Buffer.Truncate(start);
            context.Fail("ERR internal error, see the server's log");
            engine.Log.Write(EngineLogLevel.Warning, $"Command '{entry.Name}' failed: {e}");
        }
        catch (Exception e)
        {
            // Memory is ahead of the log by half a command: nothing may be told to anyone any more.
            engine.Commit.Fill.AbandonRecord();
            engine.FailStop(e);
            throw;
        }

        if (engine.IsObserved)
        {
            engine.TellObservers(session, entry, args);
        }

        return true;
    }

    /// <param name="session">The client.</param>
    /// <param name="entry">The command.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="failed">It replied with an error.</param>
    /// <param name="nowMillis">The turn's time.</param>
    /// <param name="ticks">When the command began; becomes the time when it ended.</param>
    public void Measure(Session session, CommandEntry entry, RequestArgs args, bool failed, long nowMillis, ref long ticks)
    {
        long now = Stopwatch.GetTimestamp();
        long elapsed = now - ticks;
        ticks = now;
        entry.Calls++;
        entry.Ticks += elapsed;
        if (failed)
        {
            entry.FailedCalls++;
        }

        if (session.Suspension is { Wait: not null } or { Slow: not null })
        {
            // How long it took is known when it is served.
            return;
        }

        Report(engine, session, entry, args, elapsed, nowMillis, entry.Has(CommandFlags.Fast) ? "fast-command" : "command");
    }

    /// <summary>As <see cref="Measure"/>, for a command that had to wait and was counted then.</summary>
    public static void MeasureServed(RespEngine engine, KeyWait wait, long ticks, bool failed, long nowMillis)
    {
        wait.Entry.Ticks += ticks;
        wait.Entry.FailedCalls += failed ? 1 : 0;
        Report(engine, wait.Session, wait.Entry, wait.Request.Args, ticks, nowMillis, "command-unblocking");
    }

    /// <summary>As <see cref="Measure"/>, for a command that counted as running while its client was suspended.</summary>
    public static void MeasureSlow(RespEngine engine, Session session, SlowWork work, long nowMillis)
        => MeasureSlow(engine, session, work, nowMillis, Stopwatch.GetTimestamp() - work.StartTicks);

    /// <summary>As <see cref="MeasureSlow(RespEngine, Session, SlowWork, long)"/>, with the time that it counts as.</summary>
    public static void MeasureSlow(RespEngine engine, Session session, SlowWork work, long nowMillis, long ticks)
    {
        work.Entry.Ticks += ticks;
        Report(engine, session, work.Entry, work.Request.Args, ticks, nowMillis, "command");
    }

    private static void Report(RespEngine engine, Session session, CommandEntry entry, RequestArgs args, long elapsed, long nowMillis, string latencyEvent)
    {
        long micros = elapsed / TicksPerMicro;
        if (engine.Config.LatencyTracking)
        {
            entry.RecordLatency(micros);
        }

        long slowMicros = engine.Config.SlowLogLogSlowerThanMicros;
        if (slowMicros >= 0 && micros >= slowMicros && !entry.Has(CommandFlags.SkipSlowLog))
        {
            int shown = entry.Has(CommandFlags.HasSecrets) ? entry.NameArguments : int.MaxValue;
            engine.SlowLog.Add(args, shown, micros, nowMillis / 1000, session.RemoteAddress, session.Name, engine.Config.SlowLogMaxLength);
        }

        long latencyMillis = engine.Config.LatencyMonitorThresholdMillis;
        if (latencyMillis > 0 && micros >= latencyMillis * 1000)
        {
            engine.Latency.Add(latencyEvent, nowMillis / 1000, micros / 1000);
        }
    }
}

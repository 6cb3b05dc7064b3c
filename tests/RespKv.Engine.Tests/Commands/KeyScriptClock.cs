namespace RespKv.Engine.Tests.Commands;

/// <summary>A clock that moves when it is told to, and whose timers never fire: keys expire by being looked at only.</summary>
internal sealed class KeyScriptClock : TimeProvider
{
    /// <summary>2033-05-18T03:33:20Z: a round number, and later than any real clock that wrote an expected reply.</summary>
    public const long StartMillis = 2_000_000_000_000;

    public long NowMillis { get; set; } = StartMillis;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMillis);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new SilentTimer();

    private sealed class SilentTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

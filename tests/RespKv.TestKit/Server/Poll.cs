namespace RespKv.TestKit.Server;

/// <summary>Waiting for a condition. The deadline only ends a test that has failed; no test is made to pass by it.</summary>
public static class Poll
{
    /// <summary>Generous: two cores may be shared with other tests, and a slow disk with other machines.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns once the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within <see cref="Deadline"/>; names <paramref name="what"/>.</exception>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"After {Deadline.TotalSeconds} s still not so: {what}.");
            }

            await Task.Delay(Pause);
        }
    }

    public static Task UntilAsync(string what, Func<bool> condition) => UntilAsync(what, () => Task.FromResult(condition()));
}

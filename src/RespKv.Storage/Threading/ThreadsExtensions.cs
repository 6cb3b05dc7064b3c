using System.Runtime.ExceptionServices;

namespace RespKv.Storage.Threading;

/// <summary>Built on the door.</summary>
public static class ThreadsExtensions
{
    public static ThreadSwitch Switch(this IThreads threads) => new(threads);

    /// <summary>Runs something long on a thread of its own. Fails with what it throws.</summary>
    public static async Task RunAsync(this IThreads threads, string name, Action body)
    {
        ExceptionDispatchInfo? failure = null;
        IThread thread = threads.Start(name, () =>
        {
            try
            {
                body();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        await thread.JoinAsync().ConfigureAwait(false);
        failure?.Throw();
    }
}

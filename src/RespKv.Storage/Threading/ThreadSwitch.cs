using System.Runtime.CompilerServices;

namespace RespKv.Storage.Threading;

/// <summary>
/// <c>await threads.Switch()</c>: what follows runs on another thread, never inside the caller's locks.
/// </summary>
public readonly struct ThreadSwitch(IThreads threads) : ICriticalNotifyCompletion
{
    /// <summary>Never: the caller is always left first.</summary>
    public bool IsCompleted => false;

    public ThreadSwitch GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => threads.Post(static action => ((Action)action!)(), continuation);
}

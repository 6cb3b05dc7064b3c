namespace RespKv.Storage.Threading;

/// <summary>A thread that was started.</summary>
public interface IThread
{
    /// <summary>Blocks until it has ended.</summary>
    void Join();

    /// <summary>Done when it has ended.</summary>
    Task JoinAsync();
}

namespace RespKv.Engine;

/// <summary>
/// Told by a thread that serves many clients when it begins with those that have sent something, and when it has come to the last: what
/// they all need can wait until then.
/// </summary>
public interface IRounds
{
    /// <summary>The thread has started.</summary>
    void PlaceThread();

    void BeginRound();

    /// <summary>On the thread of <see cref="BeginRound"/>.</summary>
    void EndRound();
}

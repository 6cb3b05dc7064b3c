namespace RespKv.Engine.Sessions;

/// <summary>Sends replies that were held and may leave, on a thread of its own: the transport's, when many clients wait for one batch. Any thread calls it; it must not block.</summary>
public interface IReleaser
{
    /// <summary>Has <see cref="ReplyQueue.Release"/> called on the queue, soon after <see cref="Kick"/>.</summary>
    void Add(ReplyQueue queue);

    /// <summary>Some were added.</summary>
    void Kick();
}

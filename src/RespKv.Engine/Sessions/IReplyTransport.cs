using System.Buffers;

namespace RespKv.Engine.Sessions;

/// <summary>The way out to one client. The engine has no sockets; the server implements this over a connection.</summary>
public interface IReplyTransport
{
    /// <summary>Where bytes go before <see cref="Flush"/>. Used by one thread at a time, the one that holds the queue's sending right.</summary>
    IBufferWriter<byte> Writer { get; }

    /// <summary>
    /// Sends what was written. True: accepted. False: the client is slow; the transport calls <see cref="ReplyQueue.FlushCompleted"/>
    /// when more can be taken. Never blocks.
    /// </summary>
    bool Flush();

    /// <summary>Who sends replies that were held and may leave; null: whoever finds them so.</summary>
    IReleaser? Releaser => null;

    /// <summary>The client's requests can be processed again (its suspension ended, its replies drained, the log has room). Any thread; must not block.</summary>
    void Resume();

    /// <summary>Cuts the connection now; held replies are dropped. Any thread; must not block.</summary>
    void Abort(string reason);
}

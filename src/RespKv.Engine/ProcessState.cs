namespace RespKv.Engine;

/// <summary>How a client goes on after <see cref="RespEngine.Process"/>.</summary>
public enum ProcessState
{
    /// <summary>Every complete request was executed.</summary>
    NeedData,

    /// <summary>Requests are left that cannot run now. Call again with the same rest after <see cref="Sessions.IReplyTransport.Resume"/>.</summary>
    Waiting,

    /// <summary>The connection ends as soon as the replies so far have left.</summary>
    Closing,
}

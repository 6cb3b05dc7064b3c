using RespKv.Protocol;

namespace RespKv.TestKit.Model;

/// <summary>What the model says of one command.</summary>
/// <param name="Reply">What must be answered; null where several answers are right, then only <see cref="IsAcceptable"/> tells.</param>
/// <param name="Changed">Something was modified, so that there has to be a record of it.</param>
/// <param name="Touched">"db/key" names whose state the reply shows or that the command changed; null for the whole keyspace.</param>
public sealed record ModelOutcome(RespValue? Reply, bool Changed, IReadOnlyCollection<string>? Touched)
{
    /// <summary>Decides where <see cref="Reply"/> is null.</summary>
    public Func<RespValue, bool>? Accepts { get; init; }

    /// <summary>Whether a server may answer so. The kind of null (RESP2 or RESP3) makes no difference.</summary>
    public bool IsAcceptable(RespValue reply) => Accepts?.Invoke(reply) ?? (Reply is null || ReplyText.AreSame(Reply, reply));
}

using RespKv.Engine.Sessions;

namespace RespKv.Engine.Commit;

/// <summary>Clients whose next command waits for the writer. Guarded by the turn; they are resumed outside it.</summary>
internal sealed class PostponedClients
{
    private readonly List<Session> _untilTaken = [];
    private readonly List<Session> _untilRoom = [];

    /// <summary>Until the batch that is being filled goes to the writer.</summary>
    public void UntilTaken(Session session) => Add(_untilTaken, session);

    /// <summary>Until the log may have room (D11).</summary>
    public void UntilRoom(Session session) => Add(_untilRoom, session);

    /// <summary>Moves those that wait for room to <paramref name="resumed"/>.</summary>
    public void TakeForRoom(List<Session> resumed) => Move(_untilRoom, resumed);

    public void TakeAll(List<Session> resumed)
    {
        Move(_untilTaken, resumed);
        Move(_untilRoom, resumed);
    }

    private static void Add(List<Session> waiting, Session session)
    {
        session.IsPostponed = true;
        waiting.Add(session);
    }

    private static void Move(List<Session> waiting, List<Session> resumed)
    {
        foreach (Session session in waiting)
        {
            session.IsPostponed = false;
            resumed.Add(session);
        }

        waiting.Clear();
    }
}

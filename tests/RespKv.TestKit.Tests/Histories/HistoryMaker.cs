using RespKv.Protocol;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Tests.Histories;

/// <summary>
/// Makes histories that can be explained, because they come from one server that executes one command after another: clients send
/// ahead, commands wait, answers wait, and at some moment it all stops. A command with several right answers gets none.
/// </summary>
internal sealed class HistoryMaker(int seed, CommandMakerOptions options)
{
    private const int Clients = 4;

    /// <summary>Calls of one client that have no answer yet, at most.</summary>
    private const int DepthMax = 5;

    private const long NowMillis = 1_700_000_000_000;

    private readonly Random _random = new(seed);
    private readonly HistoryRecorder _recorder = new();
    private readonly ModelSession[] _sessions = [.. Enumerable.Range(0, Clients).Select(_ => new ModelSession())];
    private readonly Queue<(string[] Command, HistoryCall Call)>[] _sent = [.. Enumerable.Range(0, Clients).Select(_ => new Queue<(string[], HistoryCall)>())];
    private readonly Queue<(HistoryCall Call, RespValue? Reply)>[] _executed = [.. Enumerable.Range(0, Clients).Select(_ => new Queue<(HistoryCall, RespValue?)>())];

    /// <summary>What is there in the end.</summary>
    public ServerModel Model { get; } = new();

    public History Make(int steps)
    {
        CommandMaker[] makers = [.. Enumerable.Range(0, Clients).Select(client => new CommandMaker(new Random(_random.Next()), options with { Tag = $"-{client}-" }))];
        for (int i = 0; i < steps; i++)
        {
            int client = _random.Next(Clients);
            switch (_random.Next(3))
            {
                case 0 when _sent[client].Count + _executed[client].Count < DepthMax:
                    string[] command = makers[client].Next();
                    _sent[client].Enqueue((command, _recorder.Begin(client, command)));
                    break;
                case 1 when _sent[client].TryDequeue(out (string[] Command, HistoryCall Call) next):
                    _executed[client].Enqueue((next.Call, Model.Execute(_sessions[client], next.Command, NowMillis).Reply));
                    break;
                case 2 when _executed[client].TryDequeue(out (HistoryCall Call, RespValue? Reply) done) && done.Reply is not null:
                    done.Call.Ok(done.Reply);
                    break;
                default:
                    break;
            }
        }

        return _recorder.Take();
    }
}

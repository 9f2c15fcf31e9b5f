# As min-char-rnn and the policy gradient gist: short names, chained and tuple assignments.
# found: hidden_size=100 seq_length=25 learning_rate=0.1 H=200 gamma=0.99 decay_rate=0.99 resume=false render=false
# missed: n=0 (assigned with others, and a counter) D=6400 (an expression)
import numpy as np

# data I/O
data = open('input.txt', 'r').read()
chars = list(set(data))
data_size, vocab_size = len(data), len(chars)

# hyperparameters
hidden_size = 100 # size of hidden layer of neurons
seq_length = 25 # number of steps to unroll the RNN for
learning_rate = 1e-1
H = 200 # number of hidden layer neurons
gamma = 0.99 # discount factor for reward
decay_rate = 0.99 # decay factor for RMSProp leaky sum of grad^2
resume = False # resume from previous checkpoint?
render = False
D = 80 * 80 # input dimensionality: 80x80 grid

Wxh = np.random.randn(hidden_size, vocab_size)*0.01 # input to hidden

n, p = 0, 0
smooth_loss = -np.log(1.0/vocab_size)*seq_length # loss at iteration 0
while True:
    if p+seq_length+1 >= len(data) or n == 0:
        p = 0 # go from start of data
    p += seq_length
    n += 1
